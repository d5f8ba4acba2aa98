/** Who is on the other side of a request, and what the request brought for the APIs. */

import { apiSettings } from "../config/per-api.ts";
import type { Config } from "../config/settings.ts";
import type { Credentials } from "../tools/types.ts";
import { addressOf, placeOf } from "./client-address.ts";
import { forwardedHeaders } from "./forwarded.ts";
import { shortHash } from "./short-hash.ts";
import type { Caller, CallerId } from "./types.ts";

export interface Client {
  readonly caller: Caller;
  /** Where the request came from, as far as the settings let that be known: a proxy's address maybe. */
  readonly address: string;
  /** What tells apart those who are known by nothing. */
  readonly place: string;
  readonly credentials: Credentials;
}

/** `peer`: its address; empty when it is gone already. */
export function clientOf({ headers }: Request, caller: Caller, peer: string, config: Config): Client {
  const { trustedProxies } = config;
  const credentials = Object.fromEntries(
    Object.entries(forwardedHeaders(headers, apiSettings(config))).map(([api, values]) => [
      api,
      { schemes: {}, headers: values },
    ]),
  );
  const address = addressOf(headers, peer, trustedProxies);
  const place = shortHash(JSON.stringify(placeOf(headers, address, trustedProxies)));
  return { caller, address, place, credentials };
}

/**
 * What one caller owns, divided by a dialect and by the name a client gives its user, which proves nothing: whoever is known by
 * nothing else is somebody new at each place. Without such a name they own nothing, and know sessions by their ids.
 */
export function dividedBy(client: Client, dialect: string, user: string | undefined): Client {
  const { caller, place } = client;
  if (caller.kind === "anonymous" && user === undefined) return client;
  const who = caller.kind === "anonymous" ? `place:${place}` : caller.id;
  const name = user === undefined ? "" : `:${shortHash(user)}`;
  return { ...client, caller: { id: `${who}/${dialect}${name}` as CallerId, kind: "named" } };
}

/** Whom limits are kept for: whoever nothing is known of is somebody new each time, but not from somewhere new. */
export function limitKey({ caller, address }: Client): string {
  return isKnown(caller) ? caller.id : address;
}

function isKnown({ kind }: Caller): boolean {
  return kind === "browser" || kind === "token" || kind === "host";
}
