/** `POST /v1/messages`: the anthropic protocol, `src/protocols/anthropic/PROTOCOL.md`. The request carries the history; nothing is stored. */
import { randomUUID } from "node:crypto";
import type { StreamedEvent } from "../../../events/event-log.ts";
import { parseJson, stringifyJson } from "../../../json.ts";
import { decodeMessageRequest, wantsThinking } from "../../../protocols/anthropic/decode.ts";
import { MessageEncoder, type MessageEvent } from "../../../protocols/anthropic/message-encoder.ts";
import { checkModel } from "../../_http/check-model.ts";
import { withErrorFormat } from "../../_http/error-formats.ts";
import { readJson } from "../../_http/json-body.ts";
import { maxHistoryBytes } from "../../_http/request-body.ts";
import { startStatelessTurn } from "../../_http/stateless-turn.ts";
import { streamingResponse } from "../../_http/streaming-response.ts";
import type { Route } from "../../_http/types.ts";

export const messages: Route = {
  path: () => "/v1/messages",
  methods: {
    POST: withErrorFormat(async (request, context) => {
      const { MessageRequest } = await import("../../../protocols/anthropic/requests.ts");
      const body = readJson(context, MessageRequest, parseJson);
      checkModel(body.model, context);
      const { turn, stop } = await startStatelessTurn(request, context, () => decodeMessageRequest(body));
      const encoder = new MessageEncoder({
        id: `msg_${randomUUID().replaceAll("-", "")}`,
        model: body.model,
        requestId: context.id,
        hasThinking: wantsThinking(body),
      });
      const headers = { "request-id": context.id };
      if (body.stream)
        return streamingResponse(request, context, {
          chunks: streamMessage(turn, encoder),
          onCancel: stop,
          headers: {
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-cache, no-transform",
            ...headers,
          },
          ping: () => encodeFrame({ type: "ping" }),
        });
      for await (const { event } of turn) {
        if (event.type === "turn_ended" && event.end.outcome === "failed") throw event.end.error;
        encoder.encode(event);
      }
      return new Response(stringifyJson(encoder.message), {
        headers: { "Content-Type": "application/json", ...headers },
      });
    }),
  },
  maxBodySize: maxHistoryBytes,
  enabled: ({ contracts }) => contracts.includes("anthropic"),
  endpoint: { name: "anthropic", method: "POST" },
};

async function* streamMessage(
  turn: AsyncIterable<StreamedEvent>,
  encoder: MessageEncoder,
): AsyncGenerator<string, void> {
  yield encodeFrame(encoder.start());
  for await (const { event } of turn) for (const frame of encoder.encode(event)) yield encodeFrame(frame);
}

function encodeFrame(event: MessageEvent): string {
  return `event: ${event.type}\ndata: ${stringifyJson(event)}\n\n`;
}
