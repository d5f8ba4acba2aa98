/** `GET {base}/sessions`: the caller's sessions, newest first. */
import { z } from "zod";
import type { SessionId } from "../../../chat/types.ts";
import { sessionsPath } from "../../../config/paths.ts";
import { AppError } from "../../../errors.ts";
import type { SessionListFrame } from "../../../protocols/native/http-types.ts";
import { encodeSessionFrame } from "../../../protocols/native/session-frame.ts";
import type { Route } from "../../_http/types.ts";

const Query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(30),
  before: z.string().optional(),
  search: z.string().max(200).optional(),
});

export const sessionList: Route = {
  path: sessionsPath,
  methods: {
    async GET(_request, { app, caller, sessions, url }) {
      const query = Query.safeParse(Object.fromEntries(url.searchParams));
      if (!query.success)
        throw new AppError("bad_request", query.error.issues.map(({ message }) => message).join("; "));
      const { limit, before, search } = query.data;
      // One extra session tells whether there is a next page.
      const found = await sessions.list(caller, { limit: limit + 1, before: readCursor(before), search });
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const body: SessionListFrame = {
        sessions: shown.map((session) => encodeSessionFrame(app, sessions, session)),
        next: found.length > limit && last ? `${last.updatedAt}_${last.id}` : null,
      };
      return Response.json(body, { headers: { "Cache-Control": "no-store" } });
    },
  },
};

/** @throws AppError `bad_request` */
function readCursor(text: string | undefined) {
  if (text === undefined) return undefined;
  const [, updatedAt, id] = /^(\d{4}-[\dT:.-]+Z)_([\w-]+)$/.exec(text) ?? [];
  if (updatedAt === undefined || id === undefined)
    throw new AppError("bad_request", "before: not a `next` value of this list.");
  return { updatedAt, id: id as SessionId };
}
