/** Runs the handler of a route's method, and answers unknown paths, other methods and CORS preflights. */
import { turnKeyOf } from "../access/client.ts";
import { addressOf } from "../access/client-address.ts";
import type { Caller } from "../access/types.ts";
import type { ClientText } from "../protocols/shared/long-json.ts";
import { findErrorFormat } from "../routes/_http/error-formats.ts";
import { respondOnce } from "../routes/_http/idempotency.ts";
import { BODY_OVERHEAD, readBody, takeOnce } from "../routes/_http/request-body.ts";
import type { Method, RequestContext, Route } from "../routes/_http/types.ts";
import { identifyCaller } from "./identify-caller.ts";

export async function dispatch(
  request: Request,
  route: Route | undefined,
  context: Omit<RequestContext, "authorize" | "caller" | "signal" | "takeBody">,
): Promise<Response | undefined> {
  const { pathname } = context.url;
  const findFormat = () => findErrorFormat(request, context.app.config);
  if (!route) {
    const format = findFormat();
    return format
      ? format.respondUnrouted(404, `Invalid URL (${request.method} ${pathname})`, "unknown_url", context.id)
      : Response.json({ detail: "Not Found" }, { status: 404 });
  }
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (method === "OPTIONS")
    return preflightResponse(listMethods(route), request.headers.get("access-control-request-headers"));
  const handler = Object.hasOwn(route.methods, method) ? route.methods[method as Method] : undefined;
  if (!handler) {
    const message = `Not allowed to ${request.method} ${pathname}.`;
    const response =
      findFormat()?.respondUnrouted(405, message, "method_not_supported", context.id) ??
      Response.json({ detail: "Method Not Allowed" }, { status: 405 });
    response.headers.set("Allow", listMethods(route));
    return response;
  }
  const identified = await identifyCaller(request, route, context);
  const takeBody = takeOnce(await readBodyOf(request, route, context, identified.caller));
  const complete = {
    ...context,
    ...identified,
    // Created when it is first used: most requests need none.
    get signal() {
      return request.signal;
    },
    takeBody,
  };
  const key = method === "POST" ? request.headers.get("idempotency-key") : null;
  if (key === null) return await handler(request, complete);
  return await respondOnce(key, handler, request, complete);
}

/** Returns whose long bodies wait for each other. */
function turnOf(
  request: Request,
  caller: Caller,
  { app, server }: Pick<RequestContext, "app" | "server">,
): string {
  const peer = server.requestIP(request)?.address ?? "";
  return turnKeyOf(caller, addressOf(request.headers, peer, app.config.trustedProxies));
}

/** Reads the body. From then on there is no timeout: a turn may take long, and so may a client that uploads slowly. */
async function readBodyOf(
  request: Request,
  { maxBodySize }: Route,
  context: Pick<RequestContext, "app" | "server" | "uploads">,
  caller: Caller,
): Promise<ClientText> {
  if (!["POST", "PUT", "PATCH"].includes(request.method)) return "";
  context.server.timeout(request, 0);
  const maxBytes = maxBodySize?.(context.app.config) ?? BODY_OVERHEAD;
  return await readBody(request, {
    maxBytes,
    caller: turnOf(request, caller, context),
    uploads: context.uploads,
  });
}

/** Returns the methods of a route as the `Allow` header lists them. */
function listMethods({ methods }: Route): string {
  return Object.keys(methods)
    .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    .join(", ");
}

const KNOWN_HEADERS =
  "Content-Type, Authorization, X-User-ID, Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, Last-Event-ID";

/**
 * Answers a CORS preflight: https://fetch.spec.whatwg.org/#cors-preflight-fetch
 * @param requestedHeaders headers that the client would send. All are allowed, since client libraries add many of their own.
 */
function preflightResponse(allowed: string, requestedHeaders: string | null): Response {
  return new Response(null, {
    status: 204,
    headers: {
      Allow: allowed,
      "Access-Control-Allow-Methods": allowed,
      "Access-Control-Allow-Headers":
        requestedHeaders === null ? KNOWN_HEADERS : `${KNOWN_HEADERS}, ${requestedHeaders}`,
      "Access-Control-Max-Age": "600",
    },
  });
}
