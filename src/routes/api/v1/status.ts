/** `GET /api/v1/status`: the status of the service. */
import { PROVIDER } from "../../../protocols/langchain/provider.ts";
import { langchainRoute } from "../../_http/langchain.ts";
import type { Route } from "../../_http/types.ts";

export const langchainStatus: Route = {
  path: () => "/api/v1/status",
  methods: {
    async GET(_request, { app, sessions }) {
      const isReady = (await app.model.health()).status === "ready";
      return Response.json({
        api_version: "v1",
        status: isReady ? "healthy" : "unhealthy",
        timestamp: app.now().toISOString(),
        providers: { [PROVIDER]: isReady ? "configured" : "not_configured" },
        active_sessions: sessions.inMemory.sessions.size,
        cached_models: 0,
        tracing_provider: app.traces ? "phoenix" : "none",
      });
    },
  },
  ...langchainRoute,
};
