/**
 * `GET /health`: for load balancers, monitors and clients of the bedrock-agent, langchain and dashboard protocols. 503 means that
 * the chat cannot reply. Another failing part is reported with 200 and status `degraded`.
 */
import type { App } from "../context.ts";
import type { SessionRegistry } from "../sessions/session-registry.ts";
import type { Route } from "./_http/types.ts";

export const health: Route = {
  path: () => "/health",
  methods: {
    async GET(_request, { app, sessions }) {
      const report = await readHealth(app, sessions);
      return Response.json(report, { status: report.status === "unhealthy" ? 503 : 200 });
    },
  },
  endpoint: { name: "health", method: "GET" },
};

async function readHealth(
  app: Pick<App, "config" | "model" | "modelId" | "now" | "sleep" | "store" | "version">,
  { isStopping }: Pick<SessionRegistry, "isStopping">,
) {
  const [model, store] = await Promise.all([app.model.health(), checkStore(app)]);
  const isReady = model.status === "ready" && !isStopping;
  return {
    status: !isReady ? "unhealthy" : store === undefined ? "healthy" : "degraded",
    service: "specchat",
    version: app.version,
    timestamp: app.now().toISOString(),
    details: {
      bedrock_client: app.modelId === "demo" ? "demo" : "initialized",
      aws_region: app.config.region,
      ...(model.status === "ready"
        ? { aws_account: model.account ?? null }
        : { credential_error: model.problem, advice: model.advice }),
      ...(store !== undefined && { store }),
    },
  };
}

const STORE_TIMEOUT_MS = 1000;

/** Returns the error of the store, or undefined. Gives up before a load balancer would. */
async function checkStore({ store, sleep }: Pick<App, "store" | "sleep">): Promise<string | undefined> {
  const finished = new AbortController();
  try {
    return await Promise.race([
      store.check().then(() => undefined),
      sleep(STORE_TIMEOUT_MS, finished.signal).then(() => "The store does not answer."),
    ]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    finished.abort();
  }
}
