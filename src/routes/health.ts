/** `GET /health`: for load balancers and monitors that know nothing of the chat's base path. */
import type { Route } from "./types.ts";

export const health: Route = {
  path: () => "/health",
  methods: {
    async GET(_request, { app, sessions }) {
      const model = await app.model.health();
      const healthy = model.status === "ready" && !sessions.stopping;
      return Response.json(
        {
          status: healthy ? "healthy" : "unhealthy",
          service: "specchat",
          version: app.version,
          timestamp: app.now().toISOString(),
          details: {
            bedrock_client: app.modelId === "demo" ? "demo" : "initialized",
            aws_region: app.config.region,
            ...(model.status === "ready"
              ? { aws_account: model.account ?? null }
              : { credential_error: model.problem, advice: model.advice }),
          },
        },
        { status: healthy ? 200 : 503 },
      );
    },
  },
};
