/** `{base}/sessions/{id}/share`: shares a session as a read-only copy, and revokes it. */
import { sessionsPath } from "../../../../config/paths.ts";
import { AppError } from "../../../../errors.ts";
import type { ShareFrame } from "../../../../protocols/native/http-types.ts";
import { findShares, revokeShares, shareSession } from "../../../../sessions/share-session.ts";
import { clientFor } from "../../../_http/client.ts";
import { type Route, segmentBeforeLast } from "../../../_http/types.ts";

export const sessionShare: Route = {
  path: (config) => `${sessionsPath(config)}/:id/share`,
  enabled: ({ shareLinks }) => shareLinks,
  methods: {
    async GET(_request, { app, caller, sessions, url }) {
      const { id } = await sessions.find(segmentBeforeLast(url), caller);
      const [share] = await findShares(app, id);
      return answer(share);
    },
    async PUT(request, context) {
      const { app, caller, sessions, url } = context;
      await sessions.admit(clientFor(request, context), false);
      const found = await sessions.find(segmentBeforeLast(url), caller);
      const stored = await found.read();
      if (!stored) throw new AppError("session_not_found", "There is no such conversation.");
      return answer(await shareSession(app, stored, caller));
    },
    async DELETE(_request, { app, caller, sessions, url }) {
      const { id } = await sessions.find(segmentBeforeLast(url), caller);
      await revokeShares(app, id);
      return new Response(null, { status: 204 });
    },
  },
};

function answer(share: Awaited<ReturnType<typeof shareSession>> | undefined): Response {
  const body: ShareFrame = { share: share ? { share_id: share.id, created_at: share.createdAt } : null };
  return Response.json(body, { headers: { "Cache-Control": "no-store" } });
}
