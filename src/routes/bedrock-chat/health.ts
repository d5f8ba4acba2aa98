/** `GET {base}/health`: whether the chat can reply. 503 names the problem and what to do. */
import { healthPath } from "../../config/paths.ts";
import type { Route } from "../_http/types.ts";

export const chatHealth: Route = {
  path: healthPath,
  answersAnyHost: true,
  methods: {
    async GET(_request, { app, sessions }) {
      const health = await app.model.health();
      const { problem } = app.apis;
      const healthy = health.status === "ready" && problem === undefined && !sessions.isStopping;
      return Response.json(
        {
          status: healthy ? "healthy" : "unhealthy",
          bedrock: health.status === "ready" ? "connected" : "disconnected",
          model: app.modelId,
          tools: app.apis.current.tools.length,
          ...(problem !== undefined && { problem: `The API is not loaded: ${problem}` }),
          ...(health.status === "unready" && { problem: health.problem, advice: health.advice }),
          ...(sessions.isStopping && { problem: "The server is stopping." }),
        },
        { status: healthy ? 200 : 503 },
      );
    },
  },
};
