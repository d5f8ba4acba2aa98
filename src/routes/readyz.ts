/** `GET /readyz`: readiness. It is 200 when the chat can reply; 503 names what is missing. */
import { checkStore } from "./_http/check-store.ts";
import { describeProblem } from "./_http/model-problem.ts";
import type { Route } from "./_http/types.ts";

export const readyz: Route = {
  path: () => "/readyz",
  access: "public",
  answersAnyHost: true,
  methods: {
    async GET(_request, { app, sessions }) {
      const [model, store] = await Promise.all([app.model.health(), checkStore(app)]);
      const problems = [
        ...(model.status === "unready" ? [describeProblem(model, app.config.healthDetails).problem] : []),
        ...(app.apis.problem === undefined ? [] : [`The API is not loaded: ${app.apis.problem}`]),
        ...(store === undefined ? [] : [store]),
        ...(sessions.isStopping ? ["The server is stopping."] : []),
      ];
      const status = problems.length === 0 ? "ready" : "not ready";
      return Response.json({ status, problems }, { status: problems.length === 0 ? 200 : 503 });
    },
  },
};
