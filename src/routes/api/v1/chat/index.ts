/** `POST /api/v1/chat`: an answer in one piece. */
import { AppError } from "../../../../errors.ts";
import { type ChatEnd, langchainChat, unavailable } from "../../../../protocols/langchain/chat.ts";
import { encodeProblem } from "../../../../protocols/langchain/codec.ts";
import { problem } from "../../../_http/error-response.ts";
import { enabled, inLangchainWords } from "../../../_http/langchain.ts";
import type { Route, Visit } from "../../../_http/types.ts";
import { begin } from "./_begin.ts";

export const chat: Route = {
  path: () => "/api/v1/chat",
  methods: {
    POST: inLangchainWords(async (request, visit) => {
      const begun = await begin(request, visit);
      if (begun instanceof Response) return begun;
      // As long as the answer takes.
      visit.server.timeout(request, 0);
      // Whoever waits for the whole answer cannot be asked on the way to it.
      const { chat, headers } = begun;
      const asked = { ...chat, question: { ...chat.question, canAsk: false } };
      const ended = await endOf(langchainChat(asked, request.signal));
      if (!ended?.message) return failure(ended, visit);
      const { message, conversationLength, memory, createdAt } = ended;
      return Response.json(
        {
          session_id: chat.name,
          message,
          conversation_length: conversationLength,
          created_at: createdAt,
          memory_metadata: memory,
        },
        { headers },
      );
    }),
  },
  enabled,
};

async function endOf(chat: AsyncGenerator<unknown, ChatEnd | undefined>): Promise<ChatEnd | undefined> {
  for (;;) {
    const next = await chat.next();
    if (next.done) return next.value;
  }
}

async function failure(ended: ChatEnd | undefined, { app }: Visit): Promise<Response> {
  const error =
    ended?.end.outcome === "failed" ? ended.end.error : new AppError("cancelled", "The request was left.");
  const unready = error.code === "access_denied" ? await unavailable(app) : undefined;
  return unready ? Response.json(unready, { status: 503 }) : problem(error, encodeProblem(error));
}
