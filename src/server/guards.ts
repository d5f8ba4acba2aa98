/** The checks before every route: a Host the server knows, a valid address, an allowed Origin. */
import { checkHost, checkOrigin, corsHeaders, isLoopback, type OriginKind } from "../access/origin.ts";
import type { Config } from "../config/settings.ts";
import { AppError } from "../errors.ts";
import type { Route } from "../routes/_http/types.ts";

/**
 * Checks the Host of a request. Probes of a machine or container use addresses that are in no setting, so routes of health answer
 * every Host, unless the server listens on loopback only.
 * @throws AppError `forbidden` for an unknown Host.
 */
export function guardAddress({ headers }: Request, route: Route | undefined, config: Config): void {
  if (!route?.answersAnyHost || isLoopback(config.host)) checkHost(headers.get("host"), config);
}

/** Returns the kind of the request's Origin. @throws AppError `forbidden` */
export function guardOrigin({ headers }: Request, config: Config): OriginKind {
  // Upgrade may list several protocols; any of them counts as a WebSocket.
  const purpose = headers.has("upgrade") ? "websocket" : "http";
  return checkOrigin(headers.get("origin"), headers.get("host"), purpose, config);
}

/**
 * Refuses a POST of an origin that only `*` allows and that a browser sends without asking first: one without a JSON Content-Type.
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header
 * @throws AppError `forbidden` with status 415.
 */
export function guardContentType({ method, headers }: Request, origin: OriginKind): void {
  if (method !== "POST" || origin !== "open") return;
  if (/^application\/([\w.-]+\+)?json *(;|$)/i.test(headers.get("content-type") ?? "")) return;
  throw new AppError(
    "forbidden",
    "A POST of another origin needs the header Content-Type: application/json.",
    {
      status: 415,
    },
  );
}

export function addCorsHeaders(response: Response, request: Request, origin: OriginKind): void {
  for (const [name, value] of Object.entries(corsHeaders(origin, request.headers.get("origin"))))
    response.headers.append(name, value);
}
