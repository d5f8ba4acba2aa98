/**
 * `GET /health`: for load balancers, monitors and clients of the bedrock-agent, langchain and dashboard protocols. 503 means that
 * the chat cannot reply. Another failing part is reported with 200 and status `degraded`.
 */
import { isKnownHost } from "../access/origin.ts";
import type { App } from "../context.ts";
import type { SessionRegistry } from "../sessions/session-registry.ts";
import { checkStore } from "./_http/check-store.ts";
import type { Route } from "./_http/types.ts";

export const health: Route = {
  path: () => "/health",
  answersAnyHost: true,
  methods: {
    async GET(request, { app, sessions }) {
      const isKnown = isKnownHost(request.headers.get("host"), app.config);
      const report = await readHealth(app, sessions, isKnown);
      return Response.json(report, { status: report.status === "unhealthy" ? 503 : 200 });
    },
  },
  endpoint: { name: "health", method: "GET" },
};

async function readHealth(
  app: Pick<App, "apis" | "config" | "model" | "modelId" | "now" | "sleep" | "store" | "version">,
  { isStopping }: Pick<SessionRegistry, "isStopping">,
  showsAccount: boolean,
) {
  const [model, store] = await Promise.all([app.model.health(), checkStore(app)]);
  const isReady = model.status === "ready" && app.apis.problem === undefined && !isStopping;
  return {
    status: !isReady ? "unhealthy" : store === undefined ? "healthy" : "degraded",
    service: "specchat",
    version: app.version,
    timestamp: app.now().toISOString(),
    details: {
      bedrock_client: app.modelId === "demo" ? "demo" : "initialized",
      aws_region: app.config.region,
      ...(model.status === "ready"
        ? { aws_account: (showsAccount && model.account) || null }
        : { credential_error: model.problem, advice: model.advice }),
      ...(store !== undefined && { store }),
      ...(app.apis.problem !== undefined && { api_error: app.apis.problem }),
    },
  };
}
