/** Answers a request: guards, route, error response, common headers and a log line. */
import { randomUUID } from "node:crypto";
import type { OriginKind } from "../access/origin.ts";
import type { App } from "../context.ts";
import { AppError, detailOf } from "../errors.ts";
import { errorResponse } from "../routes/_http/error-response.ts";
import { isOpenaiPath, unroutedResponse } from "../routes/_http/openai-errors.ts";
import type { RequestContext, Route, ServerContext, SocketData } from "../routes/_http/types.ts";
import { dispatch } from "./dispatch.ts";
import { addCorsHeaders, guardAddress, guardContentType, guardOrigin } from "./guards.ts";
import { createRouter, type FindRoute } from "./router.ts";

/** Returns undefined when the request was upgraded to a WebSocket. */
export type Fetch = (request: Request, server: Bun.Server<SocketData>) => Promise<Response | undefined>;

export function createFetch(routes: readonly Route[], context: ServerContext): Fetch {
  const { config, log } = context.app;
  const find = createRouter(routes, config);
  return async (request, server) => {
    const id = randomUUID();
    const startedAt = performance.now();
    const response = await respond(request, { ...context, server, id }, find);
    if (response) {
      response.headers.set("X-Request-ID", id);
      response.headers.set("X-Content-Type-Options", "nosniff");
    }
    const ms = Math.round(performance.now() - startedAt);
    log.debug("request", {
      request: id,
      method: request.method,
      path: URL.parse(request.url)?.pathname,
      status: response?.status ?? 101,
      ms,
    });
    return response;
  };
}

async function respond(
  request: Request,
  context: Omit<RequestContext, "caller" | "origin" | "signal" | "takeBody" | "url">,
  find: FindRoute,
): Promise<Response | undefined> {
  const { app, id } = context;
  let origin: OriginKind = "own";
  let response: Response | undefined;
  try {
    const { url, route } = guardAddress(request, app.config, find);
    origin = guardOrigin(request, app.config);
    guardContentType(request, origin);
    response = await dispatch(request, route, { ...context, url, origin });
  } catch (error) {
    response =
      error instanceof AppError
        ? refusalResponse(error, request, app)
        : internalErrorResponse(error, request, id, app);
  }
  if (response) addCorsHeaders(response, request, origin);
  return response;
}

function refusalResponse(error: AppError, { url }: Request, { config }: Pick<App, "config">): Response {
  const { code, message, status } = error;
  return isOpenaiPath(URL.parse(url)?.pathname ?? "", config)
    ? unroutedResponse(status, message, code)
    : errorResponse(error, { detail: message });
}

function internalErrorResponse(
  error: unknown,
  { method, url }: Request,
  id: string,
  { config, log }: Pick<App, "config" | "log">,
): Response {
  log.error("request failed", { request: id, method, detail: detailOf(error) });
  if (isOpenaiPath(URL.parse(url)?.pathname ?? "", config))
    return unroutedResponse(500, "Something went wrong on our side. Please try again.", "internal");
  return Response.json({ detail: "Internal server error" }, { status: 500 });
}
