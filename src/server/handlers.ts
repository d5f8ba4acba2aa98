/** Composes a server without its ports: routes, WebSockets, protocol states, and a graceful stop. */
import { CallerCookies } from "../access/caller-cookies.ts";
import type { App } from "../context.ts";
import { ProtocolStates } from "../protocols/shared/protocol-state.ts";
import { listEndpoints } from "../routes/_http/endpoints.ts";
import { createOwnDocument } from "../routes/_http/own-document.ts";
import { BODY_OVERHEAD } from "../routes/_http/request-body.ts";
import type { SocketData } from "../routes/_http/types.ts";
import { Uploads } from "../routes/_http/uploads.ts";
import { countTurns } from "../sessions/count-turns.ts";
import { SessionRegistry } from "../sessions/session-registry.ts";
import { measureEventLoopLag } from "./event-loop-lag.ts";
import { createFetch, type Fetch } from "./fetch.ts";
import { dashboardRoutes, metricsRoutes, routes } from "./routes.ts";
import { WebSockets } from "./websockets.ts";

/** The arguments of `Bun.serve`, for specchat's own server or for that of a host application. */
export interface Handlers {
  readonly fetch: Fetch;
  /** Serves the port that carries only the dashboard protocol. */
  readonly dashboardFetch: Fetch;
  /** Serves the port of scrapers and probes. */
  readonly metricsFetch: Fetch;
  readonly websocket: Bun.WebSocketHandler<SocketData>;
  /** Admits no new turns, gives running ones `stopGrace` seconds, then closes the WebSockets. */
  drain(): Promise<void>;
}

/** What is left of the answers to frames gets at least this time. */
const ANSWER_MS = 1000;

export function createHandlers(app: App, sessions = new SessionRegistry(app)): Handlers {
  const { config } = app;
  const sockets = new WebSockets(config);
  const states = new ProtocolStates(app);
  const server = {
    app,
    sessions,
    cookies: new CallerCookies({
      key: app.cookieKey,
      retentionHours: config.retentionHours,
      now: () => app.now().getTime(),
    }),
    uploads: new Uploads(config, BODY_OVERHEAD),
    endpoints: listEndpoints(routes, config),
    describeOwnApi: () => createOwnDocument(routes, config, app.version),
    stateOf: states.get.bind(states),
  };
  const stopMeasuring = measureEventLoopLag(app.telemetry);
  const stopCollecting = app.telemetry.collect((set) => {
    const { running, queued, waiting } = countTurns(sessions.inMemory);
    set("turnsRunning", {}, running);
    set("turnsQueued", {}, queued);
    set("approvalsWaiting", {}, waiting);
    set("sessions", {}, sessions.inMemory.sessions.size);
    set("sockets", {}, sockets.count);
  });
  app.apis.onChange(({ tools }) =>
    sockets.notifyAll("spec_reloaded", `The API was reloaded. The assistant now has ${tools.length} tools.`),
  );
  async function drain(): Promise<void> {
    sockets.announceShutdown();
    const graceMs = config.stopGrace * 1000;
    const endOfGrace = performance.now() + graceMs;
    await Promise.all([sessions.drain(graceMs), states.stop(graceMs)]);
    await sockets.whenAnswered(Math.max(endOfGrace - performance.now(), ANSWER_MS));
    sockets.closeAll(1001, "the server is stopping");
    stopCollecting();
    stopMeasuring();
  }
  return {
    fetch: createFetch(routes, server),
    dashboardFetch: createFetch(dashboardRoutes, server),
    metricsFetch: createFetch(metricsRoutes, server),
    websocket: sockets.handler,
    drain,
  };
}
