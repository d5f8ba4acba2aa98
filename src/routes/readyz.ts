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
      const { problem: apiProblem } = app.apis;
      const dependencies = {
        model:
          model.status === "unready" ? describeProblem(model, app.config.healthDetails).problem : undefined,
        api: apiProblem === undefined ? undefined : `The API is not loaded: ${apiProblem}`,
        store,
      };
      const found = [
        ...Object.values(dependencies),
        sessions.isStopping ? "The server is stopping." : undefined,
      ];
      const problems = found.filter((problem) => problem !== undefined);
      const status = problems.length === 0 ? "ready" : "not ready";
      const states = Object.entries(dependencies).map(([name, problem]) => [
        name,
        problem === undefined ? "ok" : "failed",
      ]);
      return Response.json(
        { status, problems, dependencies: Object.fromEntries(states) },
        { status: problems.length === 0 ? 200 : 503 },
      );
    },
  },
};
