/** `POST /api/v1/chat/stream`: an answer as server-sent events. */
import { langchainChat } from "../../../../langchain-chat.ts";
import { type ServerEvent, serializeEvent, serializePing } from "../../../../wire/langchain.ts";
import { streamed } from "../../../streamed.ts";
import type { Route } from "../../../types.ts";
import { enabled, inLangchainWords } from "../words.ts";
import { begin } from "./begin.ts";

export const chatStream: Route = {
  path: () => "/api/v1/chat/stream",
  methods: {
    POST: inLangchainWords(async (request, visit) => {
      const begun = await begin(request, visit);
      if (begun instanceof Response) return begun;
      const { chat, headers } = begun;
      const gone = new AbortController();
      const signal = AbortSignal.any([request.signal, gone.signal]);
      return streamed(request, visit, {
        texts: serialized(langchainChat(chat, signal)),
        left: () => gone.abort(),
        headers: {
          "Content-Type": "text/event-stream; charset=utf-8",
          "Cache-Control": "no-store",
          ...headers,
        },
        ping: () => serializePing(visit.app.now()),
      });
    }),
  },
  enabled,
};

async function* serialized(events: AsyncIterable<ServerEvent>): AsyncGenerator<string, void> {
  for await (const event of events) yield serializeEvent(event);
}
