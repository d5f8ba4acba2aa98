/** Identifies the client of a request: its caller, address and credentials for the APIs. */
import { resolveApiSettings } from "../config/per-api.ts";
import type { Config } from "../config/settings.ts";
import { addressOf, fingerprintParts, networkOf } from "./client-address.ts";
import { type ForwardRules, type OwnCredentials, selectForwardedHeaders } from "./forwarded.ts";
import type { LimitState, Spender } from "./limits/types.ts";
import { hashShort } from "./short-hash.ts";
import type { Caller, CallerId } from "./types.ts";

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
  /** Who requests count against. User names in the request do not change it. */
  readonly spender: Spender;
  /** Receives the states of the limits of each request that is counted. */
  readonly onLimits?: ((states: readonly LimitState[]) => void) | undefined;
}

/** What the settings say of each API, which does not change while a server runs. */
const forwardRulesOf = new WeakMap<Config, readonly ForwardRules[]>();

/** Identifies the client by the headers of its request. `peer` is its address, or empty when it has disconnected. */
export function identifyClient(
  headers: Headers,
  caller: Caller,
  peer: string,
  config: Config,
  own: OwnCredentials = { owns: () => false },
): Client {
  const { trustedProxies } = config;
  const apis = forwardRulesOf.getOrInsertComputed(config, resolveApiSettings);
  const credentials = Object.fromEntries(
    Object.entries(selectForwardedHeaders(headers, apis, own)).map(([api, values]) => [
      api,
      { schemes: {}, headers: values },
    ]),
  );
  const address = addressOf(headers, peer, trustedProxies);
  const fingerprint = hashShort(JSON.stringify(fingerprintParts(headers, address, trustedProxies)));
  return { caller, address, fingerprint, credentials, spender: { caller, address } };
}

/**
 * Returns whose work takes turns with that of others: an authenticated caller's, or that of everybody at an address, who can be any
 * number of callers.
 */
export function turnKeyOf(caller: Caller, address: string): string {
  return caller.identity ? caller.id : networkOf(address);
}

/** Returns the owner of the names that clients without credentials use at a place. */
export function placeOf(fingerprint: string): string {
  return `place:${fingerprint}`;
}

/**
 * Returns a client whose caller is scoped to a protocol and to the user name in the request. The name is not authenticated, so
 * an anonymous caller is also scoped to its fingerprint. An anonymous caller without a user name stays anonymous.
 */
export function scopeClient(client: Client, protocol: string, user: string | undefined): Client {
  const { caller, fingerprint } = client;
  if (caller.kind === "anonymous" && user === undefined) return client;
  const scope = caller.kind === "anonymous" ? placeOf(fingerprint) : caller.id;
  const name = user === undefined ? "" : `:${hashShort(user)}`;
  const { identity } = caller;
  const id = `${scope}/${protocol}${name}` as CallerId;
  return { ...client, caller: { id, kind: "named", ...(identity && { identity }) } };
}
