/** The real server as `specchat` starts it where nothing is configured: demo model, built-in shop, a free port. */
import { type App, createApp, type Ports } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { type RunningServer, startServer } from "../../src/server.ts";
import { createLog } from "../../src/telemetry/log.ts";

export interface RealServer {
  /** Of the page. */
  readonly address: string;
  readonly running: RunningServer;
  readonly app: App;
  stop(): Promise<void>;
}

export async function serveReal(
  argv: readonly string[] = [],
  ports: Partial<Ports> = {},
): Promise<RealServer> {
  const { config } = loadConfig({
    argv: [...(argv.includes("--port") ? [] : ["--port", "0"]), "--stop-grace", "0", ...argv],
    environment: {},
    readFile: () => undefined,
  });
  const now = () => new Date();
  const app = await createApp(
    config,
    {
      io: {
        fetch: (url, init) => fetch(url, init),
        readFile: (path) => Bun.file(path),
        realPath: async (path) => path,
        readStdin: () => Bun.stdin.stream(),
        allowHosts: config.allowHosts,
      },
      fetch: (url, init) => fetch(url, init),
      now,
      random: Math.random,
      sleep: (ms) => Bun.sleep(ms),
      log: createLog({ level: "silent", now, write: () => {} }),
      ...ports,
    },
    true,
  );
  const running = startServer(app);
  return {
    address: `${running.url}/bedrock-chat/ui`,
    running,
    app,
    async stop() {
      await running.stop();
      await Promise.all([app.apis.stop(), app.store.close(), app.results.close()]);
    },
  };
}
