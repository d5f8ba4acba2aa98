/** `GET {base}/ai/{chat}/stream`: the turn that runs or waits for a person, from its beginning; 204 when there is none. */
import { clientOf } from "../../../../client.ts";
import { aiSdkPath } from "../../../../config/paths.ts";
import { AppError } from "../../../../errors.ts";
import { aiSdkResponse } from "../../../ai-sdk-response.ts";
import { type Route, segmentBeforeLast } from "../../../types.ts";

export const aiSdkResume: Route = {
  path: (config) => `${aiSdkPath(config)}/:id/stream`,
  methods: {
    async GET(request, visit) {
      const { app, caller, server, sessions, url } = visit;
      const client = clientOf(request, caller, server.requestIP(request)?.address ?? "", app.config);
      const session = await sessions.named(decoded(segmentBeforeLast(url)), client, ["ai-sdk"]);
      const stored = await session.read({ newest: 0 });
      const state = stored ? sessions.stateOf(stored.session) : "idle";
      const open = session.story.openTurn;
      if (state === "idle" || !open) return new Response(null, { status: 204 });
      const answered = state === "running" ? session.story.seq : session.story.seq - 1;
      return aiSdkResponse(request, visit, { app, sessions, session, followed: { ...open, answered } });
    },
  },
  enabled: ({ contracts }) => contracts.includes("ai-sdk"),
};

/** @throws AppError `bad_request`. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AppError("bad_request", "The chat's id is not well encoded.");
  }
}
