/** `POST {base}/sessions/{id}/stop`: stops the running turn, whichever client started it. */
import { sessionsPath } from "../../../../config/paths.ts";
import { type Route, segmentBeforeLast } from "../../../_http/types.ts";

export const sessionStop: Route = {
  path: (config) => `${sessionsPath(config)}/:id/stop`,
  methods: {
    async POST(_request, { caller, sessions, url }) {
      const session = await sessions.find(segmentBeforeLast(url), caller);
      await session.stop();
      return new Response(null, { status: 202 });
    },
  },
};
