/** `/api/v1/sessions`: creates a session, and lists or deletes the caller's, newest first. */
import type { Caller } from "../../../../access/types.ts";
import { encodeSession, encodeSessionSummary } from "../../../../protocols/langchain/session-codec.ts";
import { MAX_MESSAGES_READ, openNamedSession } from "../../../../protocols/langchain/sessions.ts";
import { validate, validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import {
  langchainClientFor,
  langchainClientWithCookie,
  langchainRoute,
  validationErrorResponse,
  withLangchainErrors,
} from "../../../_http/langchain.ts";
import type { RequestContext, Route } from "../../../_http/types.ts";

/** Limit of listed sessions of one caller. */
const MAX_SESSIONS = 10_000;

export const langchainSessions: Route = {
  path: () => "/api/v1/sessions",
  methods: {
    POST: withLangchainErrors(async (request, context) => {
      const { app, sessions } = context;
      const { SessionRequest } = await import("../../../../protocols/langchain/requests.ts");
      const read = validateBody(context.takeBody() || "{}", SessionRequest);
      if (read.outcome === "invalid") return validationErrorResponse(read.details);
      const { client, owner, headers } = langchainClientWithCookie(request, context);
      await sessions.admit(client, false);
      const metadata = read.value.metadata ?? undefined;
      const { session, stored } = await openNamedSession(app, sessions, owner, { metadata });
      return Response.json(encodeSession(session.id, stored), { status: 201, headers });
    }),
    GET: withLangchainErrors(async (request, context) => {
      const { app, url } = context;
      const { ListQuery } = await import("../../../../protocols/langchain/requests.ts");
      const query = validate(Object.fromEntries(url.searchParams), ListQuery, "query");
      if (query.outcome === "invalid") return validationErrorResponse(query.details);
      const { limit, offset } = query.value;
      const all = await listOwnSessions(context, langchainClientFor(request, context).caller);
      const shown = all.slice(offset, offset + limit);
      const read = await Promise.all(
        shown.map(({ id }) => app.store.read(id, { newest: MAX_MESSAGES_READ })),
      );
      const listed = shown.map((session, index) => encodeSessionSummary(session, read[index]));
      return Response.json({ sessions: listed, total: all.length, limit, offset });
    }),
    DELETE: withLangchainErrors(async (request, context) => {
      const { sessions } = context;
      const { caller } = langchainClientFor(request, context);
      const all = await listOwnSessions(context, caller);
      for (const { id } of all) await sessions.delete(await sessions.find(id, caller));
      return Response.json({ deleted_count: all.length, message: `Cleared ${all.length} session(s)` });
    }),
  },
  ...langchainRoute,
};

function listOwnSessions({ sessions }: RequestContext, caller: Caller) {
  return sessions.list(caller, { limit: MAX_SESSIONS });
}
