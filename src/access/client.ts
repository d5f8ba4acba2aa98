/** Identifies the client of a request: its caller, address and credentials for the APIs. */
import { resolveApiSettings } from "../config/per-api.ts";
import { parseRate } from "../config/rate.ts";
import type { Config } from "../config/settings.ts";
import { addressOf, fingerprintParts, networkOf } from "./client-address.ts";
import { type OwnCredentials, selectForwardedHeaders } from "./forwarded.ts";
import { hashShort } from "./short-hash.ts";
import type { Caller, CallerId, RateCharge } from "./types.ts";

/** The form of `Credentials` (tools/auth/types.ts) without credentials for security schemes, which a request cannot carry. */
export type ForwardedCredentials = Readonly<
  Record<
    string,
    { readonly schemes: Readonly<Record<string, never>>; readonly headers: Readonly<Record<string, string>> }
  >
>;

export interface Client {
  readonly caller: Caller;
  /** The network address of the client, or of a proxy that is not trusted. */
  readonly address: string;
  /** Distinguishes clients without credentials. */
  readonly fingerprint: string;
  /** Headers of the request that are forwarded, by the name of the API. */
  readonly credentials: ForwardedCredentials;
  /**
   * Returns the buckets that a request is counted in at a time, in Unix milliseconds. User names in the request do not change them.
   * A connection that stays open has other buckets later.
   */
  rateCharges(now: number): readonly RateCharge[];
}

/** Identifies the client by the headers of its request. `peer` is its address, or empty when it has disconnected. */
export function identifyClient(
  headers: Headers,
  caller: Caller,
  peer: string,
  config: Config,
  own: OwnCredentials = { owns: () => false },
): Client {
  const { trustedProxies } = config;
  const credentials = Object.fromEntries(
    Object.entries(selectForwardedHeaders(headers, resolveApiSettings(config), own)).map(([api, values]) => [
      api,
      { schemes: {}, headers: values },
    ]),
  );
  const address = addressOf(headers, peer, trustedProxies);
  const fingerprint = hashShort(JSON.stringify(fingerprintParts(headers, address, trustedProxies)));
  const newcomerMs = config.rateLimit === undefined ? 0 : parseRate(config.rateLimit).perMs;
  const rateCharges = (now: number) =>
    rateChargesFor(caller, address, caller.issuedAt !== undefined && now - caller.issuedAt >= newcomerMs);
  return { caller, address, fingerprint, credentials, rateCharges };
}

/**
 * Returns a client whose caller is scoped to a protocol and to the user name in the request. The name is not authenticated, so
 * an anonymous caller is also scoped to its fingerprint. An anonymous caller without a user name stays anonymous.
 */
export function scopeClient(client: Client, protocol: string, user: string | undefined): Client {
  const { caller, fingerprint } = client;
  if (caller.kind === "anonymous" && user === undefined) return client;
  const scope = caller.kind === "anonymous" ? `place:${fingerprint}` : caller.id;
  const name = user === undefined ? "" : `:${hashShort(user)}`;
  const { identity } = caller;
  const id = `${scope}/${protocol}${name}` as CallerId;
  return { ...client, caller: { id, kind: "named", ...(identity && { identity }) } };
}

/** How many times the rate all known browsers of an address may use together, for example the people of an office. */
const BROWSERS_PER_ADDRESS = 20;

/**
 * Returns the buckets of the rate limit. An authenticated user, a signed token and an embedding application have their own. Everyone else shares the
 * bucket of the address, and so does a browser until it is known: cookies are free, so a new one gives no fresh budget. A known
 * browser has a bucket of its own, and shares a larger one with the other known browsers of its address.
 */
function rateChargesFor({ id, kind }: Caller, address: string, isKnown: boolean): readonly RateCharge[] {
  if (["user", "token", "host"].includes(kind)) return [{ bucket: id, share: 1 }];
  const network = networkOf(address);
  if (!isKnown) return [{ bucket: network, share: 1 }];
  return [
    { bucket: id, share: 1 },
    { bucket: `browsers:${network}`, share: BROWSERS_PER_ADDRESS },
  ];
}
