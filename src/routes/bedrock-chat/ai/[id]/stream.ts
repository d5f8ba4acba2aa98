/** `GET {base}/ai/{chat}/stream`: the turn that runs or waits for a person, from its beginning; 204 when there is none. */
import { aiSdkPath } from "../../../../config/paths.ts";
import { aiSdkResponse } from "../../../_http/ai-sdk.ts";
import { visitorOf } from "../../../_http/client.ts";
import { decoded, type Route, segmentBeforeLast } from "../../../_http/types.ts";

export const aiSdkResume: Route = {
  path: (config) => `${aiSdkPath(config)}/:id/stream`,
  methods: {
    async GET(request, visit) {
      const { app, sessions, url } = visit;
      const client = visitorOf(request, visit);
      const session = await sessions.named(decoded(segmentBeforeLast(url)), client, ["ai-sdk"]);
      const stored = await session.read({ newest: 0 });
      const state = stored ? sessions.stateOf(stored.session) : "idle";
      const open = state === "idle" ? undefined : await session.openTurn();
      if (!open) return new Response(null, { status: 204 });
      const answered = state === "running" ? session.story.seq : session.story.seq - 1;
      return aiSdkResponse(request, visit, { app, sessions, session, followed: { ...open, answered } });
    },
  },
  enabled: ({ contracts }) => contracts.includes("ai-sdk"),
};
