/** `POST /api/v1/chat/stream`: a reply as server-sent events. */
import { AppError } from "../../../../errors.ts";
import { streamLangchainChat } from "../../../../protocols/langchain/chat.ts";
import {
  type ServerEvent,
  serializeEvent,
  serializePing,
} from "../../../../protocols/langchain/event-codec.ts";
import { langchainRoute, withLangchainErrors } from "../../../_http/langchain.ts";
import { maxHistoryBytes } from "../../../_http/request-body.ts";
import { streamingResponse } from "../../../_http/streaming-response.ts";
import type { Route } from "../../../_http/types.ts";
import { beginChat } from "./_begin.ts";

export const chatStream: Route = {
  path: () => "/api/v1/chat/stream",
  methods: {
    POST: withLangchainErrors(async (request, context) => {
      const started = await beginChat(request, context);
      if (started instanceof Response) return started;
      const { chat, headers } = started;
      const disconnected = new AbortController();
      const signal = AbortSignal.any([context.signal, disconnected.signal]);
      return streamingResponse(request, context, {
        chunks: serializeEvents(streamLangchainChat(chat, signal)),
        onCancel: () => disconnected.abort(),
        headers: {
          "Content-Type": "text/event-stream; charset=utf-8",
          "Cache-Control": "no-store",
          ...headers,
        },
        ping: () => serializePing(context.app.now()),
      });
    }),
  },
  maxBodySize: maxHistoryBytes,
  ...langchainRoute,
  endpoint: { name: "langchain", method: "POST" },
};

async function* serializeEvents(events: AsyncIterable<ServerEvent>): AsyncGenerator<string, void> {
  try {
    for await (const event of events) yield serializeEvent(event);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield serializeEvent({ event: "error", data: { error: error.message } });
  }
}
