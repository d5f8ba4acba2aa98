/** `POST /api/v1/chat/stream`: an answer as server-sent events. */
import { langchainChat } from "../../../../protocols/langchain/chat.ts";
import { type ServerEvent, serializeEvent, serializePing } from "../../../../protocols/langchain/codec.ts";
import { enabled, inLangchainWords } from "../../../_http/langchain.ts";
import { streamed } from "../../../_http/streaming-response.ts";
import type { Route } from "../../../_http/types.ts";
import { begin } from "./_begin.ts";

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
