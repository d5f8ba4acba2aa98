/** `GET {base}/health`: whether the chat can reply. 503 names the problem and what to do. */
import { healthPath } from "../../config/paths.ts";
import { checkStore } from "../_http/check-store.ts";
import { describeProblem } from "../_http/model-problem.ts";
import type { Route } from "../_http/types.ts";

export const chatHealth: Route = {
  path: healthPath,
  access: "public",
  answersAnyHost: true,
  methods: {
    async GET(_request, { app, sessions }) {
      const [health, store] = await Promise.all([app.model.health(), checkStore(app)]);
      const { problem } = app.apis;
      const showDetails = app.config.healthDetails;
      const isReady = health.status === "ready" && problem === undefined && !sessions.isStopping;
      return Response.json(
        {
          status: !isReady ? "unhealthy" : store === undefined ? "healthy" : "degraded",
          bedrock: health.status === "ready" ? "connected" : "disconnected",
          model: app.modelId,
          tools: app.apis.current.tools.length,
          ...(store !== undefined && { problem: store }),
          ...(problem !== undefined && { problem: `The API is not loaded: ${problem}` }),
          ...(health.status === "unready" && describeProblem(health, showDetails)),
          ...(sessions.isStopping && { problem: "The server is stopping." }),
        },
        { status: isReady ? 200 : 503 },
      );
    },
  },
};
