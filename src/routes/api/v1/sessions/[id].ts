/** `/api/v1/sessions/{id}`: one conversation of the caller's, by the name its client gave it. */
import { AppError } from "../../../../errors.ts";
import { readNamed } from "../../../../protocols/langchain/chat.ts";
import { encodeSession, sessionNotFound } from "../../../../protocols/langchain/codec.ts";
import { enabled, inLangchainWords, langchainVisitor } from "../../../_http/langchain.ts";
import { lastName, type Route, type Visit } from "../../../_http/types.ts";

export const langchainSession: Route = {
  path: () => "/api/v1/sessions/:id",
  methods: {
    GET: inLangchainWords(async (request, visit) => {
      const found = await find(request, visit);
      if (found instanceof Response) return found;
      return Response.json(encodeSession(found.session.id, found.stored));
    }),
    DELETE: inLangchainWords(async (request, visit) => {
      const found = await find(request, visit);
      if (found instanceof Response) return found;
      await visit.sessions.delete(found.session);
      return new Response(null, { status: 204 });
    }),
  },
  enabled,
};

async function find(request: Request, visit: Visit) {
  const name = lastName(visit.url);
  const found = await readNamed(visit.sessions, langchainVisitor(request, visit), name).catch(
    (error: unknown) => {
      if (error instanceof AppError && error.code === "session_not_found") return undefined;
      throw error;
    },
  );
  return found ?? Response.json(sessionNotFound(name), { status: 404 });
}
