/** `{base}/sessions/{id}`: reads, renames or deletes a session of the caller. Administrators of texts read those of others. */
import { z } from "zod";
import { filesPath, relativePath, sessionsPath } from "../../../../config/paths.ts";
import { AppError } from "../../../../errors.ts";
import { createHistoryContext } from "../../../../protocols/native/encode-context.ts";
import { encodeHistory } from "../../../../protocols/native/history.ts";
import { encodeSessionFrame } from "../../../../protocols/native/session-frame.ts";
import { clientFor } from "../../../_http/client.ts";
import { readJson } from "../../../_http/json-body.ts";
import { lastSegment, type Route } from "../../../_http/types.ts";

const RenameBody = z.object({ title: z.string().trim().min(1).max(200) });

export const session: Route = {
  path: (config) => `${sessionsPath(config)}/:id`,
  methods: {
    async GET(_request, { app, caller, sessions, url }) {
      const found = await sessions.find(lastSegment(url), caller, "read");
      const stored = await found.read();
      if (!stored) throw new AppError("session_not_found", "There is no such conversation.");
      const { config } = app;
      const fileUrl = (id: string) => relativePath(url.pathname, `${filesPath(config)}/${id}`);
      const messages = encodeHistory(
        stored.messages,
        createHistoryContext(app, fileUrl),
        stored.session.feedback,
      );
      const listed = { ...stored.session, messageCount: stored.skipped + stored.messages.length };
      const body = { ...encodeSessionFrame(app, sessions, listed), messages };
      return Response.json(body, { headers: { "Cache-Control": "no-store" } });
    },
    async PATCH(request, context) {
      const { app, caller, sessions, url } = context;
      const { title } = readJson(context, RenameBody);
      await sessions.admit(clientFor(request, context), false);
      const { id } = await sessions.find(lastSegment(url), caller);
      await app.store.write(id, { at: app.now().toISOString(), title });
      return new Response(null, { status: 204 });
    },
    async DELETE(_request, { caller, sessions, url }) {
      await sessions.delete(await sessions.find(lastSegment(url), caller));
      return new Response(null, { status: 204 });
    },
  },
};
