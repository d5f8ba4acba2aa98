/** Who is on the other side of a request, and what the request brought for the APIs. */
import { forwardedHeaders } from "./access/forwarded.ts";
import type { Caller } from "./access/types.ts";
import { apiSettings } from "./config/per-api.ts";
import type { Config } from "./config/settings.ts";
import type { Credentials } from "./session-credentials.ts";

export interface Client {
  readonly caller: Caller;
  /** Where the request came from. */
  readonly address: string;
  readonly credentials: Credentials;
}

/** `address`: of the peer; empty when it is gone already. */
export function clientOf(request: Request, caller: Caller, address: string, config: Config): Client {
  const headers = forwardedHeaders(request.headers, apiSettings(config));
  const credentials = Object.fromEntries(
    Object.entries(headers).map(([api, values]) => [api, { schemes: {}, headers: values }]),
  );
  return { caller, address, credentials };
}

/** Whom limits are kept for: whoever nothing is known of is somebody new each time, but not from somewhere new. */
export function limitKey({ caller, address }: Client): string {
  return caller.kind === "browser" || caller.kind === "host" ? caller.id : address;
}
