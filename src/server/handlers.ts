/** All of the server but its ports: guards before every route, the routes, the sockets, and what becomes of them at a stop. */
import { randomUUID } from "node:crypto";
import { callerFromCookie } from "../access/caller.ts";
import { checkHost, checkOrigin, corsHeaders, type OriginKind } from "../access/origin.ts";
import type { App } from "../context.ts";
import { AppError, detailOf } from "../errors.ts";
import { DashboardEventBroker } from "../protocols/dashboard/event-broker.ts";
import { ApprovalRequests } from "../protocols/langchain/approval-requests.ts";
import type { McpHttp } from "../protocols/mcp/http.ts";
import { errorResponse } from "../routes/_http/error-response.ts";
import type { Method, Route, SocketData } from "../routes/_http/types.ts";
import { SessionRegistry } from "../sessions/session-registry.ts";
import { createRouter } from "./router.ts";
import { dashboardRoutes, routes } from "./routes.ts";

type Server = Bun.Server<SocketData>;

/** Undefined: the request was upgraded to a WebSocket. */
type Fetch = (request: Request, server: Server) => Promise<Response | undefined>;

/** What Bun.serve is given, here or by an application that has a server of its own. */
export interface Handlers {
  readonly fetch: Fetch;
  /** For a port of the dashboard's chat alone. */
  readonly dashboardFetch: Fetch;
  readonly websocket: Bun.WebSocketHandler<SocketData>;
  /** No new turns; running ones get the grace of the settings, then the sockets are closed. */
  drain(): Promise<void>;
}

export function createHandlers(app: App, sessions = new SessionRegistry(app)): Handlers {
  const { config, log } = app;
  const approvals = new ApprovalRequests();
  const dashboardEvents = new DashboardEventBroker();
  const sockets = new Set<Bun.ServerWebSocket<SocketData>>();
  // Its library takes longer to load than the whole server has to start.
  let loading: Promise<McpHttp> | undefined;
  const mcp = () => {
    loading ??= import("../protocols/mcp/http.ts").then(({ McpHttp }) => new McpHttp(app));
    return loading;
  };

  const websocket: Bun.WebSocketHandler<SocketData> = {
    // Six bytes a character is JSON's longest spelling, so a message over the limit still gets its error frame.
    maxPayloadLength: config.maxInputSize * 6 + config.maxAttachmentsSize * 2 + 100_000,
    idleTimeout: 60,
    open(socket) {
      sockets.add(socket);
      socket.data.client = socket.data.connect({
        send: (text) => void socket.send(text),
        ping: () => void socket.ping(),
        close: (code, reason) => socket.close(code, reason),
        bufferedBytes: () => socket.getBufferedAmount(),
      });
    },
    message(socket, data) {
      socket.data.client?.onMessage(typeof data === "string" ? data : undefined);
    },
    drain(socket) {
      socket.data.client?.onDrain();
    },
    close(socket) {
      sockets.delete(socket);
      socket.data.client?.onClose();
    },
  };

  function createFetch(served: readonly Route[]): Fetch {
    const find = createRouter(served, config);
    return async (request, server) => {
      const id = randomUUID();
      const startedAt = performance.now();
      const response = await handleGuarded(request, server, find, id);
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

  async function handleGuarded(
    request: Request,
    server: Server,
    find: ReturnType<typeof createRouter>,
    id: string,
  ): Promise<Response | undefined> {
    const origin = request.headers.get("origin");
    const host = request.headers.get("host");
    let kind: OriginKind = "own";
    let response: Response | undefined;
    try {
      checkHost(host, config);
      const url = URL.parse(request.url);
      if (!url) throw new AppError("bad_request", "The Host header and the path make no address.");
      // Whatever it would upgrade to: `websocket` may be one of several names.
      kind = checkOrigin(origin, host, request.headers.has("upgrade") ? "websocket" : "http", config);
      response = await dispatch(request, server, url, find(url.pathname), id, kind);
    } catch (error) {
      response =
        error instanceof AppError
          ? errorResponse(error, { detail: error.message })
          : internalErrorResponse(error, request, id);
    }
    for (const [name, value] of Object.entries(corsHeaders(kind, origin)))
      response?.headers.append(name, value);
    return response;
  }

  function internalErrorResponse(error: unknown, { method }: Request, id: string): Response {
    log.error("request failed", { request: id, method, detail: detailOf(error) });
    return Response.json({ detail: "Internal server error" }, { status: 500 });
  }

  async function dispatch(
    request: Request,
    server: Server,
    url: URL,
    route: Route | undefined,
    id: string,
    origin: OriginKind,
  ): Promise<Response | undefined> {
    if (!route) return Response.json({ detail: "Not Found" }, { status: 404 });
    const allowed = Object.keys(route.methods).flatMap((method) =>
      method === "GET" ? ["GET", "HEAD"] : [method],
    );
    const method = request.method === "HEAD" ? "GET" : request.method;
    if (method === "OPTIONS")
      return preflightResponse(allowed, request.headers.get("access-control-request-headers"));
    const handler = Object.hasOwn(route.methods, method) ? route.methods[method as Method] : undefined;
    if (!handler) {
      return Response.json(
        { detail: "Method Not Allowed" },
        { status: 405, headers: { Allow: allowed.join(", ") } },
      );
    }
    // A page of another origin acts for nobody, whatever cookie its browser sends along.
    const caller = callerFromCookie(origin === "open" ? null : request.headers.get("cookie"));
    return await handler(request, {
      app,
      sessions,
      approvals,
      dashboardEvents,
      caller,
      origin,
      id,
      url,
      server,
      mcp,
    });
  }

  app.apis.onChange(({ tools }) => {
    for (const { data } of sockets) {
      data.client?.notify(
        "spec_reloaded",
        `What the assistant can do has changed: there are ${tools.length} tools now.`,
      );
    }
  });

  async function drain(): Promise<void> {
    for (const { data } of sockets) data.client?.onShutdown();
    const graceMs = config.stopGrace * 1000;
    await Promise.all([sessions.drain(graceMs), loading?.then((started) => started.stop(graceMs))]);
    for (const socket of sockets) socket.close(1001, "the server is stopping");
  }

  return { fetch: createFetch(routes), dashboardFetch: createFetch(dashboardRoutes), websocket, drain };
}

const KNOWN_HEADERS =
  "Content-Type, Authorization, X-User-ID, Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, Last-Event-ID";

/**
 * The answer to a CORS preflight: https://fetch.spec.whatwg.org/#cors-preflight-fetch
 * @param requestedHeaders the headers a client would send: the libraries of protocols have many of their own, and the origin is allowed.
 */
function preflightResponse(allowed: readonly string[], requestedHeaders: string | null): Response {
  return new Response(null, {
    status: 204,
    headers: {
      Allow: allowed.join(", "),
      "Access-Control-Allow-Methods": allowed.join(", "),
      "Access-Control-Allow-Headers":
        requestedHeaders === null ? KNOWN_HEADERS : `${KNOWN_HEADERS}, ${requestedHeaders}`,
      "Access-Control-Max-Age": "600",
    },
  });
}
