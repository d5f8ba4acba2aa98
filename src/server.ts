/** The server: guards before every route, the routes, the sockets, and a graceful stop. */
import { randomUUID } from "node:crypto";
import { callerOf } from "./access/caller.ts";
import { checkHost, checkOrigin, corsHeaders, type OriginKind } from "./access/origin.ts";
import type { App } from "./app.ts";
import { Connection } from "./connection.ts";
import { AppError, StartError } from "./errors.ts";
import type { McpHttp } from "./mcp/http.ts";
import { routeTable } from "./route-table.ts";
import type { Method, SocketData } from "./routes/types.ts";
import { routes } from "./routes.ts";
import { LiveSessions } from "./sessions.ts";

export interface RunningServer {
  /** `http://host:port`, as a browser on this machine would open it. */
  readonly url: string;
  readonly port: number;
  /** No new turns; running ones get the grace of the settings, then every connection is closed. Can be called again. */
  stop(): Promise<void>;
}

/** @throws StartError: the address is taken, may not be used, or would be open to others without authentication. */
export function startServer(app: App): RunningServer {
  const { host, port: wanted, allowUnauthenticated } = app.config;
  refuseOpenAddress(host, allowUnauthenticated);
  const { fetch, websocket, drain } = createHandlers(app);
  const server = listen(host, wanted, () => Bun.serve({ hostname: host, port: wanted, fetch, websocket }));
  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    await drain();
    await allAnswered(server);
    await server.stop(true);
  }
  const port = server.port ?? wanted;
  return { url: `http://${browsable(host)}:${port}`, port, stop: () => (stopped ??= stop()) };
}

/** All of the server but its port: what Bun.serve is given, here or by an application that has a server of its own. */
export interface Handlers {
  /** Undefined: the request was upgraded to a WebSocket. */
  fetch(request: Request, server: Bun.Server<SocketData>): Promise<Response | undefined>;
  readonly websocket: Bun.WebSocketHandler<SocketData>;
  /** No new turns; running ones get the grace of the settings, then the sockets are closed. */
  drain(): Promise<void>;
}

export function createHandlers(app: App, sessions = new LiveSessions(app)): Handlers {
  const { config, log } = app;
  const sockets = new Set<Bun.ServerWebSocket<SocketData>>();
  const find = routeTable(routes, config);
  // Its library takes longer to load than the whole server has to start.
  let loading: Promise<McpHttp> | undefined;
  const mcp = () => {
    loading ??= import("./mcp/http.ts").then(({ McpHttp }) => new McpHttp(app));
    return loading;
  };

  const websocket: Bun.WebSocketHandler<SocketData> = {
    // Six bytes a character is JSON's longest spelling, so a message over the limit still gets its error frame.
    maxPayloadLength: config.maxInputSize * 6 + config.maxAttachmentsSize * 2 + 100_000,
    idleTimeout: 60,
    open(socket) {
      const connection = new Connection(app, sessions, socket.data.client, {
        send: (text) => void socket.send(text),
        close: (code, reason) => socket.close(code, reason),
        buffered: () => socket.getBufferedAmount(),
      });
      socket.data.connection = connection;
      sockets.add(socket);
    },
    message(socket, data) {
      socket.data.connection?.receive(typeof data === "string" ? data : undefined);
    },
    drain(socket) {
      socket.data.connection?.drained();
    },
    close(socket) {
      sockets.delete(socket);
      socket.data.connection?.closed();
    },
  };

  async function answer(request: Request, server: Bun.Server<SocketData>): Promise<Response | undefined> {
    const id = randomUUID();
    const started = performance.now();
    const response = await guarded(request, server, id);
    if (response) {
      response.headers.set("X-Request-ID", id);
      response.headers.set("X-Content-Type-Options", "nosniff");
    }
    const ms = Math.round(performance.now() - started);
    log.debug("request", {
      request: id,
      method: request.method,
      path: URL.parse(request.url)?.pathname,
      status: response?.status ?? 101,
      ms,
    });
    return response;
  }

  async function guarded(
    request: Request,
    server: Bun.Server<SocketData>,
    id: string,
  ): Promise<Response | undefined> {
    const origin = request.headers.get("origin");
    const host = request.headers.get("host");
    let kind: OriginKind = "own";
    try {
      checkHost(host, config);
      const url = URL.parse(request.url);
      if (!url) throw new AppError("bad_request", "The Host header and the path make no address.");
      // Whatever it would upgrade to: `websocket` may be one of several names.
      kind = checkOrigin(origin, host, request.headers.has("upgrade") ? "websocket" : "http", config);
      const response = await dispatch(request, url, server, id, kind);
      for (const [name, value] of Object.entries(corsHeaders(kind, origin)))
        response?.headers.append(name, value);
      return response;
    } catch (error) {
      if (error instanceof AppError)
        return Response.json({ detail: error.message }, { status: error.status });
      const detail = error instanceof Error ? error.stack : String(error);
      log.error("request failed", { request: id, method: request.method, detail });
      return Response.json({ detail: "Internal server error" }, { status: 500 });
    }
  }

  async function dispatch(
    request: Request,
    url: URL,
    server: Bun.Server<SocketData>,
    id: string,
    kind: OriginKind,
  ): Promise<Response | undefined> {
    const route = find(url.pathname);
    if (!route) return Response.json({ detail: "Not Found" }, { status: 404 });
    const allowed = Object.keys(route.methods).flatMap((method) =>
      method === "GET" ? ["GET", "HEAD"] : [method],
    );
    const method = request.method === "HEAD" ? "GET" : request.method;
    if (method === "OPTIONS")
      return preflight(allowed, request.headers.get("access-control-request-headers"));
    const handler = Object.hasOwn(route.methods, method) ? route.methods[method as Method] : undefined;
    if (!handler) {
      return Response.json(
        { detail: "Method Not Allowed" },
        { status: 405, headers: { Allow: allowed.join(", ") } },
      );
    }
    // A page of another origin acts for nobody, whatever cookie its browser sends along.
    const caller = callerOf(kind === "open" ? null : request.headers.get("cookie"));
    return await handler(request, { app, sessions, caller, id, url, server, mcp });
  }

  app.apis.onChange(({ tools }) => {
    for (const { data } of sockets) {
      data.connection?.notice(
        "spec_reloaded",
        `The API's description has changed: there are ${tools.length} tools now.`,
      );
    }
  });

  async function drain(): Promise<void> {
    for (const { data } of sockets) data.connection?.leave();
    const graceMs = config.stopGrace * 1000;
    await Promise.all([sessions.drain(graceMs), loading?.then((started) => started.stop(graceMs))]);
    for (const socket of sockets) socket.close(1001, "the server is stopping");
  }

  return { fetch: answer, websocket, drain };
}

/** What is on its way to a client still arrives, unless the client is slow to take it. */
async function allAnswered(server: Bun.Server<SocketData>): Promise<void> {
  for (let waited = 0; server.pendingRequests > 0 && waited < 1000; waited += 5) await Bun.sleep(5);
}

const KNOWN_HEADERS =
  "Content-Type, Authorization, X-User-ID, Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, Last-Event-ID";

/**
 * The answer to a CORS preflight: https://fetch.spec.whatwg.org/#cors-preflight-fetch
 * @param asked the headers a client would send: the libraries of protocols have many of their own, and the origin is allowed.
 */
function preflight(allowed: readonly string[], asked: string | null): Response {
  return new Response(null, {
    status: 204,
    headers: {
      Allow: allowed.join(", "),
      "Access-Control-Allow-Methods": allowed.join(", "),
      "Access-Control-Allow-Headers": asked === null ? KNOWN_HEADERS : `${KNOWN_HEADERS}, ${asked}`,
      "Access-Control-Max-Age": "600",
    },
  });
}

function refuseOpenAddress(host: string, allowUnauthenticated: boolean): void {
  if (allowUnauthenticated || /^(127\.|localhost$|::1$)/.test(host)) return;
  throw new StartError(
    `--host ${host} would let anybody who reaches this machine chat with the API, since nobody is asked who they are. Keep 127.0.0.1 behind a proxy that does, or pass --allow-unauthenticated.`,
  );
}

function listen<Server>(host: string, port: number, start: () => Server): Server {
  try {
    return start();
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "EADDRINUSE") {
      throw new StartError(
        `Port ${port} on ${host} is in use. Stop the program that has it, or pass --port.`,
      );
    }
    if (code === "EACCES")
      throw new StartError(`Port ${port} may not be used by this user. Pass --port 8000, say.`);
    throw new StartError(
      `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** An address one can open: the wildcard addresses answer on loopback too. */
function browsable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
