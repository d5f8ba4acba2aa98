/** Who is on the other side of a request, and what the request brought for the APIs. */

import { resolveApiSettings } from "../config/per-api.ts";
import type { Config } from "../config/settings.ts";
import type { Credentials } from "../tools/auth/types.ts";
import { addressOf, fingerprintParts } from "./client-address.ts";
import { selectForwardedHeaders } from "./forwarded.ts";
import { hashShort } from "./short-hash.ts";
import type { Caller, CallerId } from "./types.ts";

export interface Client {
  readonly caller: Caller;
  /** Where the request came from, as far as the settings let that be known: a proxy's address maybe. */
  readonly address: string;
  /** What tells apart those who are known by nothing. */
  readonly fingerprint: string;
  readonly credentials: Credentials;
}

/** `peer`: its address; empty when it is gone already. */
export function identifyClient({ headers }: Request, caller: Caller, peer: string, config: Config): Client {
  const { trustedProxies } = config;
  const credentials = Object.fromEntries(
    Object.entries(selectForwardedHeaders(headers, resolveApiSettings(config))).map(([api, values]) => [
      api,
      { schemes: {}, headers: values },
    ]),
  );
  const address = addressOf(headers, peer, trustedProxies);
  const fingerprint = hashShort(JSON.stringify(fingerprintParts(headers, address, trustedProxies)));
  return { caller, address, fingerprint, credentials };
}

/**
 * What one caller owns, divided by a dialect and by the name a client gives its user, which proves nothing: whoever is known by
 * nothing else is somebody new at each place. Without such a name they own nothing, and know sessions by their ids.
 */
export function scopeClient(client: Client, protocol: string, user: string | undefined): Client {
  const { caller, fingerprint } = client;
  if (caller.kind === "anonymous" && user === undefined) return client;
  const scope = caller.kind === "anonymous" ? `place:${fingerprint}` : caller.id;
  const name = user === undefined ? "" : `:${hashShort(user)}`;
  return { ...client, caller: { id: `${scope}/${protocol}${name}` as CallerId, kind: "named" } };
}

/** Whom limits are kept for: whoever nothing is known of is somebody new each time, but not from somewhere new. */
export function rateLimitKey({ caller, address }: Client): string {
  return isIdentified(caller) ? caller.id : address;
}

function isIdentified({ kind }: Caller): boolean {
  return kind === "browser" || kind === "token" || kind === "host";
}
