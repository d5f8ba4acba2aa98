/**
 * `GET /health`: for load balancers, monitors and clients of the bedrock-agent, langchain and dashboard protocols. 503 means that
 * the chat cannot reply. Another failing part is reported with 200 and status `degraded`.
 */
import type { App } from "../context.ts";
import type { SessionRegistry } from "../sessions/session-registry.ts";
import { checkStore } from "./_http/check-store.ts";
import { describeProblem } from "./_http/model-problem.ts";
import type { Route } from "./_http/types.ts";

export const health: Route = {
  path: () => "/health",
  access: "public",
  answersAnyHost: true,
  methods: {
    async GET(_request, { app, sessions }) {
      const report = await readHealth(app, sessions);
      return Response.json(report, { status: report.status === "unhealthy" ? 503 : 200 });
    },
  },
  endpoint: { name: "health", method: "GET" },
};

async function readHealth(
  app: Pick<App, "apis" | "audit" | "config" | "model" | "modelId" | "now" | "sleep" | "store" | "version">,
  { isStopping }: Pick<SessionRegistry, "isStopping">,
) {
  const { healthDetails } = app.config;
  const [model, store] = await Promise.all([app.model.health(), checkStore(app)]);
  // The cause, with its path, is in the log.
  const audit = app.audit.problem === undefined ? undefined : "the audit log cannot be written";
  const isReady = model.status === "ready" && app.apis.problem === undefined && !isStopping;
  return {
    status: !isReady ? "unhealthy" : store === undefined && audit === undefined ? "healthy" : "degraded",
    service: "specchat",
    version: app.version,
    timestamp: app.now().toISOString(),
    details: {
      bedrock_client: app.modelId === "demo" ? "demo" : "initialized",
      aws_region: app.config.region,
      ...(model.status === "ready"
        ? { aws_account: (healthDetails && model.account) || null }
        : describeCredentialError(describeProblem(model, healthDetails))),
      ...(store !== undefined && { store }),
      ...(audit !== undefined && { audit }),
      ...(app.apis.problem !== undefined && { api_error: app.apis.problem }),
    },
  };
}

function describeCredentialError({ problem, advice }: ReturnType<typeof describeProblem>) {
  return { credential_error: problem, advice };
}
