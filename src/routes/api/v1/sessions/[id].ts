/** `/api/v1/sessions/{id}`: one conversation of the caller's, by the name its client gave it. */
import { AppError } from "../../../../errors.ts";
import { readNamedSession } from "../../../../protocols/langchain/chat.ts";
import { encodeSession, sessionNotFound } from "../../../../protocols/langchain/codec.ts";
import { enabled, langchainClientFor, withLangchainErrors } from "../../../_http/langchain.ts";
import { decodeLastSegment, type RequestContext, type Route } from "../../../_http/types.ts";

export const langchainSession: Route = {
  path: () => "/api/v1/sessions/:id",
  methods: {
    GET: withLangchainErrors(async (request, context) => {
      const found = await find(request, context);
      if (found instanceof Response) return found;
      return Response.json(encodeSession(found.session.id, found.stored));
    }),
    DELETE: withLangchainErrors(async (request, visit) => {
      const found = await find(request, visit);
      if (found instanceof Response) return found;
      await visit.sessions.delete(found.session);
      return new Response(null, { status: 204 });
    }),
  },
  enabled,
};

async function find(request: Request, context: RequestContext) {
  const name = decodeLastSegment(context.url);
  const found = await readNamedSession(context.sessions, langchainClientFor(request, context), name).catch(
    (error: unknown) => {
      if (error instanceof AppError && error.code === "session_not_found") return undefined;
      throw error;
    },
  );
  return found ?? Response.json(sessionNotFound(name), { status: 404 });
}
