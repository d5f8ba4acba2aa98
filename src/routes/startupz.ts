/** `GET /startupz`: startup. It is 200 once the API documents are loaded; a probe waits for it before it checks anything else. */
import type { Route } from "./_http/types.ts";

export const startupz: Route = {
  path: () => "/startupz",
  access: "public",
  answersAnyHost: true,
  methods: {
    GET(_request, { app: { apis } }) {
      const isStarted = apis.problem === undefined;
      const problems = isStarted ? [] : [`The API is not loaded: ${apis.problem}`];
      return Response.json(
        { status: isStarted ? "started" : "starting", problems },
        { status: isStarted ? 200 : 503 },
      );
    },
  },
};
