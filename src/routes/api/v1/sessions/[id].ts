/** `/api/v1/sessions/{id}`: one session of the caller, by the name that the client chose. */
import { AppError } from "../../../../errors.ts";
import { sessionNotFound } from "../../../../protocols/langchain/error-bodies.ts";
import { encodeSession } from "../../../../protocols/langchain/session-codec.ts";
import { readNamedSession } from "../../../../protocols/langchain/sessions.ts";
import { langchainClientFor, langchainRoute, withLangchainErrors } from "../../../_http/langchain.ts";
import { decodeLastSegment, type RequestContext, type Route } from "../../../_http/types.ts";

export const langchainSession: Route = {
  path: () => "/api/v1/sessions/:id",
  methods: {
    GET: withLangchainErrors(async (request, context) => {
      const found = await find(request, context);
      if (found instanceof Response) return found;
      return Response.json(encodeSession(found.session.id, found.stored));
    }),
    DELETE: withLangchainErrors(async (request, context) => {
      const found = await find(request, context);
      if (found instanceof Response) return found;
      await context.sessions.delete(found.session);
      return new Response(null, { status: 204 });
    }),
  },
  ...langchainRoute,
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
