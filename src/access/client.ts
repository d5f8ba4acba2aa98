/** Identifies the client of a request: its caller, address and credentials for the APIs. */
import { resolveApiSettings } from "../config/per-api.ts";
import type { Config } from "../config/settings.ts";
import { addressOf, fingerprintParts, networkOf } from "./client-address.ts";
import { selectForwardedHeaders } from "./forwarded.ts";
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
  /** The buckets of the rate limit. User names in the request do not change them. */
  readonly rateCharges: readonly RateCharge[];
}

/** Identifies the client by the headers of its request. `peer` is its address, or empty when it has disconnected. */
export function identifyClient(headers: Headers, caller: Caller, peer: string, config: Config): Client {
  const { trustedProxies } = config;
  const credentials = Object.fromEntries(
    Object.entries(selectForwardedHeaders(headers, resolveApiSettings(config))).map(([api, values]) => [
      api,
      { schemes: {}, headers: values },
    ]),
  );
  const address = addressOf(headers, peer, trustedProxies);
  const fingerprint = hashShort(JSON.stringify(fingerprintParts(headers, address, trustedProxies)));
  return { caller, address, fingerprint, credentials, rateCharges: rateChargesFor(caller, address) };
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
  return { ...client, caller: { id: `${scope}/${protocol}${name}` as CallerId, kind: "named" } };
}

/** The number of browsers that an address may use to the full at the same time, for example the people of an office. */
const BROWSERS_PER_ADDRESS = 20;

/**
 * Returns the buckets of the rate limit. A browser has a bucket once it sends a cookie that this server issued, a signed token and
 * an embedding application have their own; everyone else shares the bucket of the address. Cookies are free, so all browsers of an
 * address share a larger bucket too.
 */
function rateChargesFor({ id, kind, isIssued }: Caller, address: string): readonly RateCharge[] {
  if (kind === "token" || kind === "host") return [{ bucket: id, share: 1 }];
  const network = networkOf(address);
  if (!isIssued) return [{ bucket: network, share: 1 }];
  return [
    { bucket: id, share: 1 },
    { bucket: `browsers:${network}`, share: BROWSERS_PER_ADDRESS },
  ];
}
