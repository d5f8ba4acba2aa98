/** Starts the server on its ports and stops it gracefully. */
import type { Config } from "../config/settings.ts";
import type { App } from "../context.ts";
import { StartError } from "../errors.ts";
import type { SocketData } from "../routes/_http/types.ts";
import { createHandlers, type Handlers } from "./handlers.ts";

type Server = Bun.Server<SocketData>;

export interface RunningServer {
  /** `http://host:port`, as a browser on this machine opens it. */
  readonly url: string;
  readonly port: number;
  /** The URL of `--dashboard-port`, when it is set. */
  readonly dashboardUrl?: string;
  /** The URL of `--metrics-port`, when it is set. */
  readonly metricsUrl?: string;
  /** Admits no new turns, gives running ones `stopGrace` seconds, then closes every connection. Further calls return the same promise. */
  stop(): Promise<void>;
}

/** @throws StartError when the address is in use, not permitted, or public without authentication. */
export function startServer(app: App): RunningServer {
  const { config } = app;
  const { host, allowUnauthenticated } = config;
  if (!allowUnauthenticated && !app.authenticator.isRequired) rejectPublicHost(host);
  const { fetch, dashboardFetch, metricsFetch, websocket, drain } = createHandlers(app);
  const main = listen(host, config.port, fetch, websocket);
  const dashboard = hasDashboardPort(config)
    ? listen(host, config.dashboardPort, dashboardFetch, websocket)
    : undefined;
  const metrics =
    config.metricsPort === undefined ? undefined : listen(host, config.metricsPort, metricsFetch, websocket);
  const servers = [main, dashboard, metrics].filter((server) => server !== undefined);
  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    await drain();
    await Promise.all(
      servers.map(async (server) => {
        await waitForPendingRequests(server);
        await server.stop(true);
      }),
    );
  }
  const urlOf = ({ port }: Server) => `http://${toBrowsableHost(host)}:${port}`;
  return {
    url: urlOf(main),
    port: main.port ?? config.port,
    ...(dashboard && { dashboardUrl: urlOf(dashboard) }),
    ...(metrics && { metricsUrl: urlOf(metrics) }),
    stop: () => (stopped ??= stop()),
  };
}

/** Returns whether the dashboard has a separate port. Port 0 picks a free port, a different one for each. */
function hasDashboardPort(config: Config): config is Config & { readonly dashboardPort: number } {
  const { contracts, dashboardPort, port } = config;
  return (
    contracts.includes("dashboard") && dashboardPort !== undefined && (dashboardPort !== port || port === 0)
  );
}

/** Waits up to a second for responses that are still being sent. */
async function waitForPendingRequests(server: Server): Promise<void> {
  for (let waited = 0; server.pendingRequests > 0 && waited < 1000; waited += 5) await Bun.sleep(5);
}

function rejectPublicHost(host: string): void {
  if (/^(127\.|localhost$|::1$)/.test(host)) return;
  throw new StartError(
    `--host ${host} lets everyone who can reach this machine chat with the API, without authentication. Configure authentication, such as --api-keys-file or --jwt-jwks (specchat help authentication), keep 127.0.0.1 behind a proxy that authenticates, or pass --allow-unauthenticated.`,
  );
}

function listen(
  hostname: string,
  port: number,
  fetch: Handlers["fetch"],
  websocket: Handlers["websocket"],
): Server {
  try {
    return Bun.serve({ hostname, port, fetch, websocket });
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "EADDRINUSE") {
      throw new StartError(
        `Port ${port} on ${hostname} is in use. Stop the program that uses it, or pass --port.`,
      );
    }
    if (code === "EACCES")
      throw new StartError(`This user may not listen on port ${port}. Pass a higher one, e.g. --port 8000.`);
    throw new StartError(
      `Cannot listen on ${hostname}:${port}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Returns an address that a browser can open. Wildcard addresses include loopback. */
function toBrowsableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
