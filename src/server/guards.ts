/** The checks before every route: a Host the server knows, a valid address, an allowed Origin. */
import { checkHost, checkOrigin, corsHeaders, type OriginKind } from "../access/origin.ts";
import type { Config } from "../config/settings.ts";
import { AppError } from "../errors.ts";

/** Returns the request's URL. @throws AppError `forbidden` for an unknown Host, `bad_request` for an invalid URL. */
export function guardAddress(request: Request, config: Config): URL {
  checkHost(request.headers.get("host"), config);
  const url = URL.parse(request.url);
  if (!url) throw new AppError("bad_request", "Invalid request URL: check the Host header and the path.");
  return url;
}

/** Returns the kind of the request's Origin. @throws AppError `forbidden` */
export function guardOrigin({ headers }: Request, config: Config): OriginKind {
  // Upgrade may list several protocols; any of them counts as a WebSocket.
  const purpose = headers.has("upgrade") ? "websocket" : "http";
  return checkOrigin(headers.get("origin"), headers.get("host"), purpose, config);
}

export function addCorsHeaders(response: Response, request: Request, origin: OriginKind): void {
  for (const [name, value] of Object.entries(corsHeaders(origin, request.headers.get("origin"))))
    response.headers.append(name, value);
}
