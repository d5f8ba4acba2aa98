/** `GET {base}/ai/{chat}/stream`: the turn that runs or waits for approval, from its beginning; 204 when there is none. */
import { aiSdkPath } from "../../../../config/paths.ts";
import { aiSdkResponse } from "../../../_http/ai-sdk.ts";
import { clientFor } from "../../../_http/client.ts";
import { decodeSegment, type Route, segmentBeforeLast } from "../../../_http/types.ts";

export const aiSdkResume: Route = {
  path: (config) => `${aiSdkPath(config)}/:id/stream`,
  methods: {
    async GET(request, context) {
      const { app, sessions, url } = context;
      const client = clientFor(request, context);
      const name = decodeSegment(segmentBeforeLast(url));
      const { session, stored } = await sessions.readNamed(name, client, ["ai-sdk"], { newest: 0 });
      const state = stored ? sessions.stateOf(stored.session) : "idle";
      const open = state === "idle" ? undefined : await session.findOpenTurn();
      if (!open) return new Response(null, { status: 204 });
      const decidedThrough = state === "running" ? session.eventLog.seq : session.eventLog.seq - 1;
      return aiSdkResponse(request, context, { app, sessions, session, cursor: { ...open, decidedThrough } });
    },
  },
  enabled: ({ contracts }) => contracts.includes("ai-sdk"),
};
