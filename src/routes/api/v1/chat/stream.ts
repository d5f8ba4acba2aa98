/** `POST /api/v1/chat/stream`: an answer as server-sent events. */
import { langchainChat } from "../../../../langchain-chat.ts";
import { type ServerEvent, serializeEvent, serializePing } from "../../../../wire/langchain.ts";
import { withPings } from "../../../pings.ts";
import { streamed } from "../../../streamed.ts";
import type { Route } from "../../../types.ts";
import { enabled, inLangchainWords } from "../words.ts";
import { begin } from "./begin.ts";

export const chatStream: Route = {
  path: () => "/api/v1/chat/stream",
  methods: {
    POST: inLangchainWords(async (request, visit) => {
      const chat = await begin(request, visit);
      if (chat instanceof Response) return chat;
      const { now, sleep } = visit.app;
      const gone = new AbortController();
      const signal = AbortSignal.any([request.signal, gone.signal]);
      const texts = withPings(serialized(langchainChat(chat, signal)), () => serializePing(now()), sleep);
      return streamed(request, visit, texts, () => gone.abort(), {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store",
      });
    }),
  },
  enabled,
};

async function* serialized(events: AsyncIterable<ServerEvent>): AsyncGenerator<string, void> {
  for await (const event of events) yield serializeEvent(event);
}
