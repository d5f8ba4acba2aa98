/** `/api/v1/sessions`: the caller's own conversations, the newest first. */
import type { Caller } from "../../../../access/types.ts";
import { NEWEST, openNamed } from "../../../../protocols/langchain/chat.ts";
import {
  encodeListed,
  encodeSession,
  ListQuery,
  SessionRequest,
} from "../../../../protocols/langchain/codec.ts";
import { validate, validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import {
  enabled,
  inLangchainWords,
  invalid,
  langchainOwner,
  langchainVisitor,
} from "../../../_http/langchain.ts";
import type { Route, Visit } from "../../../_http/types.ts";

/** Sessions of one caller that are counted. */
const MOST = 10_000;

export const langchainSessions: Route = {
  path: () => "/api/v1/sessions",
  methods: {
    POST: inLangchainWords(async (request, visit) => {
      const { app, sessions } = visit;
      const read = validateBody((await request.text()) || "{}", SessionRequest);
      if (read.outcome === "invalid") return invalid(read.details);
      const { owner, headers } = langchainOwner(request, visit);
      const metadata = read.value.metadata ?? undefined;
      const { session } = await openNamed(app, sessions, owner, { metadata });
      const stored = await session.read();
      return Response.json(stored && encodeSession(session.id, stored), { status: 201, headers });
    }),
    GET: inLangchainWords(async (request, visit) => {
      const { app, url } = visit;
      const query = validate(Object.fromEntries(url.searchParams), ListQuery, "query");
      if (query.outcome === "invalid") return invalid(query.details);
      const { limit, offset } = query.value;
      const all = await own(visit, langchainVisitor(request, visit).caller);
      const shown = all.slice(offset, offset + limit);
      const read = await Promise.all(shown.map(({ id }) => app.store.read(id, { newest: NEWEST })));
      const listed = shown.map((session, index) => encodeListed(session, read[index]));
      return Response.json({ sessions: listed, total: all.length, limit, offset });
    }),
    DELETE: inLangchainWords(async (request, visit) => {
      const { sessions } = visit;
      const { caller } = langchainVisitor(request, visit);
      const all = await own(visit, caller);
      for (const { id } of all) await sessions.delete(await sessions.find(id, caller));
      return Response.json({ deleted_count: all.length, message: `Cleared ${all.length} session(s)` });
    }),
  },
  enabled,
};

function own({ sessions }: Visit, caller: Caller) {
  return sessions.list(caller, { limit: MOST });
}
