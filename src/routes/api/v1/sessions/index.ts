/** `/api/v1/sessions`: the caller's own conversations, the newest first. */
import type { Caller } from "../../../../access/types.ts";
import { MAX_MESSAGES_READ, openNamedSession } from "../../../../protocols/langchain/chat.ts";
import {
  encodeSession,
  encodeSessionSummary,
  ListQuery,
  SessionRequest,
} from "../../../../protocols/langchain/codec.ts";
import { validate, validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import {
  enabled,
  langchainClientFor,
  langchainClientWithCookie,
  validationErrorResponse,
  withLangchainErrors,
} from "../../../_http/langchain.ts";
import type { RequestContext, Route } from "../../../_http/types.ts";

/** Sessions of one caller that are counted. */
const MAX_SESSIONS = 10_000;

export const langchainSessions: Route = {
  path: () => "/api/v1/sessions",
  methods: {
    POST: withLangchainErrors(async (request, context) => {
      const { app, sessions } = context;
      const read = validateBody((await request.text()) || "{}", SessionRequest);
      if (read.outcome === "invalid") return validationErrorResponse(read.details);
      const { owner, headers } = langchainClientWithCookie(request, context);
      const metadata = read.value.metadata ?? undefined;
      const { session } = await openNamedSession(app, sessions, owner, { metadata });
      const stored = await session.read();
      return Response.json(stored && encodeSession(session.id, stored), { status: 201, headers });
    }),
    GET: withLangchainErrors(async (request, visit) => {
      const { app, url } = visit;
      const query = validate(Object.fromEntries(url.searchParams), ListQuery, "query");
      if (query.outcome === "invalid") return validationErrorResponse(query.details);
      const { limit, offset } = query.value;
      const all = await listOwnSessions(visit, langchainClientFor(request, visit).caller);
      const shown = all.slice(offset, offset + limit);
      const read = await Promise.all(
        shown.map(({ id }) => app.store.read(id, { newest: MAX_MESSAGES_READ })),
      );
      const listed = shown.map((session, index) => encodeSessionSummary(session, read[index]));
      return Response.json({ sessions: listed, total: all.length, limit, offset });
    }),
    DELETE: withLangchainErrors(async (request, visit) => {
      const { sessions } = visit;
      const { caller } = langchainClientFor(request, visit);
      const all = await listOwnSessions(visit, caller);
      for (const { id } of all) await sessions.delete(await sessions.find(id, caller));
      return Response.json({ deleted_count: all.length, message: `Cleared ${all.length} session(s)` });
    }),
  },
  enabled,
};

function listOwnSessions({ sessions }: RequestContext, caller: Caller) {
  return sessions.list(caller, { limit: MAX_SESSIONS });
}
