/** Answers a request: guards, route, error response, common headers and a log line. */
import { randomUUID } from "node:crypto";
import type { AuditActor } from "../access/audit/types.ts";
import { addressOf } from "../access/client-address.ts";
import { adaptCookies } from "../access/framed-cookies.ts";
import type { LimitState } from "../access/limits/types.ts";
import type { OriginKind } from "../access/origin.ts";
import type { App } from "../context.ts";
import { AppError, detailOf, toInternalError } from "../errors.ts";
import { isEncrypted } from "../routes/_http/client.ts";
import { findErrorFormat } from "../routes/_http/error-formats.ts";
import { errorResponse } from "../routes/_http/error-response.ts";
import { encodeRateLimit } from "../routes/_http/limit-headers.ts";
import { addChallenge } from "../routes/_http/resource-metadata.ts";
import type { RequestContext, Route, ServerContext, SocketData } from "../routes/_http/types.ts";
import { dispatch } from "./dispatch.ts";
import { addCorsHeaders, guardAddress, guardContentType, guardOrigin } from "./guards.ts";
import { createRouter } from "./router.ts";

/** Returns undefined when the request was upgraded to a WebSocket. */
export type Fetch = (request: Request, server: Bun.Server<SocketData>) => Promise<Response | undefined>;

export function createFetch(routes: readonly Route[], context: ServerContext): Fetch {
  const { audit, config, log, telemetry } = context.app;
  const find = createRouter(routes, config);
  return (request, server) => {
    const id = randomUUID();
    const scope = telemetry.requestScope(id, request.headers.get("traceparent"));
    return telemetry.runInScope(scope, () => answer(request, server, id));
  };

  async function answer(
    request: Request,
    server: Bun.Server<SocketData>,
    id: string,
  ): Promise<Response | undefined> {
    const startedAt = performance.now();
    const url = URL.parse(request.url);
    const route = url ? find(url.pathname) : undefined;
    const audited = () => respond(request, { url, route }, { ...context, server, id });
    const response = await (audit.isOn
      ? audit.runAs(actorOf(request, server, id, config), audited)
      : audited());
    if (response) {
      response.headers.set("X-Request-ID", id);
      response.headers.set("X-Content-Type-Options", "nosniff");
    }
    const { method } = request;
    const status = response?.status ?? 101;
    const labels = { route: route?.path(config) ?? "none", method: labelOf(method), status: String(status) };
    telemetry.count("httpRequests", labels);
    const ms = Math.round(performance.now() - startedAt);
    log.debug("request", { method, path: url?.pathname, status, ms });
    return response;
  }
}

/** Returns the method as a label. Clients invent methods. */
function labelOf(method: string): string {
  return ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].includes(method) ? method : "other";
}

/** Returns the client of a request, for the audit log, as it is before it is identified. */
function actorOf(
  request: Request,
  server: Bun.Server<SocketData>,
  id: string,
  { trustedProxies }: App["config"],
): AuditActor {
  const peer = server.requestIP(request)?.address ?? "";
  return { address: addressOf(request.headers, peer, trustedProxies), request: id };
}

async function respond(
  request: Request,
  { url, route }: { readonly url: URL | null; readonly route: Route | undefined },
  context: Omit<RequestContext, "authorize" | "caller" | "origin" | "signal" | "takeBody" | "url">,
): Promise<Response | undefined> {
  const { app, id } = context;
  let origin: OriginKind = "own";
  let response: Response | undefined;
  let failure: AppError | undefined;
  const limits = new LimitReport();
  try {
    guardAddress(request, route, app.config);
    if (!url) throw new AppError("bad_request", "Invalid request URL: check the Host header and the path.");
    origin = guardOrigin(request, app.config);
    guardContentType(request, origin);
    response = await dispatch(request, route, { ...context, url, origin, onLimits: limits.receive });
  } catch (error) {
    if (error instanceof AppError) failure = error;
    app.telemetry.count("httpErrors", { code: failure?.code ?? "internal" });
    response = failure
      ? refusalResponse(failure, request, route, id, app)
      : internalErrorResponse(error, request, id, app);
  }
  if (response) {
    addChallenge(response, request, app.config, failure);
    addCorsHeaders(response, request, origin);
    if (url) adaptCookies(response.headers, request.headers, isEncrypted(request, url));
  }
  if (response && limits.states.length > 0) addLimitHeaders(response, request, limits.states, app);
  return response;
}

/** Receives the states of the limits. A socket keeps it, so it keeps nothing of the request. */
class LimitReport {
  states: readonly LimitState[] = [];

  readonly receive = (states: readonly LimitState[]): void => {
    this.states = states;
  };
}

function addLimitHeaders(
  { headers }: Response,
  request: Request,
  limits: readonly LimitState[],
  { config, now }: Pick<App, "config" | "now">,
): void {
  const time = now().getTime();
  const encoded = {
    ...encodeRateLimit(limits, time),
    ...findErrorFormat(request, config)?.encodeLimits(limits, time),
  };
  for (const [name, value] of Object.entries(encoded)) headers.set(name, value);
}

function refusalResponse(
  error: AppError,
  request: Request,
  route: Route | undefined,
  id: string,
  { audit, config, log }: Pick<App, "audit" | "config" | "log">,
): Response {
  if (error.code === "unauthorized" || error.code === "forbidden")
    audit.record({
      event: "denied",
      reason: error.code === "unauthorized" ? "authentication" : "authorization",
      code: error.reason ?? error.code,
      subject: `${request.method} ${URL.parse(request.url)?.pathname ?? ""}`,
    });
  if (error.code === "forbidden")
    log.warning("Request refused", {
      method: request.method,
      code: error.code,
      detail: error.detail ?? error.message,
    });
  const body = route?.encodeError?.(error) ?? { detail: error.message };
  return findErrorFormat(request, config)?.respond(error, id) ?? errorResponse(error, body);
}

function internalErrorResponse(
  error: unknown,
  request: Request,
  id: string,
  { config, log }: Pick<App, "config" | "log">,
): Response {
  log.error("request failed", { method: request.method, detail: detailOf(error) });
  return (
    findErrorFormat(request, config)?.respond(toInternalError(error), id) ??
    Response.json({ detail: "Internal server error", error: "internal", request_id: id }, { status: 500 })
  );
}
