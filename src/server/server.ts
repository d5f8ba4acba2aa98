/** The server: its ports, and a graceful stop. */

import type { Config } from "../config/settings.ts";
import type { App } from "../context.ts";
import { StartError } from "../errors.ts";
import type { SocketData } from "../routes/_http/types.ts";
import { createHandlers, type Handlers } from "./handlers.ts";

type Server = Bun.Server<SocketData>;

export interface RunningServer {
  /** `http://host:port`, as a browser on this machine would open it. */
  readonly url: string;
  readonly port: number;
  /** Where the dashboard's chat has a port of its own. */
  readonly dashboardUrl?: string;
  /** No new turns; running ones get the grace of the settings, then every connection is closed. Can be called again. */
  stop(): Promise<void>;
}

/** @throws StartError: the address is taken, may not be used, or would be open to others without authentication. */
export function startServer(app: App): RunningServer {
  const { config } = app;
  const { host, allowUnauthenticated } = config;
  rejectPublicHost(host, allowUnauthenticated);
  const { fetch, dashboardFetch, websocket, drain } = createHandlers(app);
  const main = listen(host, config.port, fetch, websocket);
  const dashboard = hasDashboardPort(config)
    ? listen(host, config.dashboardPort, dashboardFetch, websocket)
    : undefined;
  const servers = dashboard ? [main, dashboard] : [main];
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
    stop: () => (stopped ??= stop()),
  };
}

/** Port 0 is a free one, and not the same for both. */
function hasDashboardPort(config: Config): config is Config & { readonly dashboardPort: number } {
  const { contracts, dashboardPort, port } = config;
  return (
    contracts.includes("dashboard") && dashboardPort !== undefined && (dashboardPort !== port || port === 0)
  );
}

/** What is on its way to a client still arrives, unless the client is slow to take it. */
async function waitForPendingRequests(server: Server): Promise<void> {
  for (let waited = 0; server.pendingRequests > 0 && waited < 1000; waited += 5) await Bun.sleep(5);
}

function rejectPublicHost(host: string, allowUnauthenticated: boolean): void {
  if (allowUnauthenticated || /^(127\.|localhost$|::1$)/.test(host)) return;
  throw new StartError(
    `--host ${host} would let anybody who reaches this machine chat with the API, since nobody is asked who they are. Keep 127.0.0.1 behind a proxy that does, or pass --allow-unauthenticated.`,
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
        `Port ${port} on ${hostname} is in use. Stop the program that has it, or pass --port.`,
      );
    }
    if (code === "EACCES")
      throw new StartError(`Port ${port} may not be used by this user. Pass --port 8000, say.`);
    throw new StartError(
      `Cannot listen on ${hostname}:${port}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** An address one can open: the wildcard addresses answer on loopback too. */
function toBrowsableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
