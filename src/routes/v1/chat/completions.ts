/** `POST /v1/chat/completions`: the openai protocol, `src/protocols/openai/PROTOCOL.md`. The request carries the history; nothing is stored. */
import { randomUUID } from "node:crypto";
import type { ChatEvent } from "../../../chat/types.ts";
import { filesPath } from "../../../config/paths.ts";
import type { StreamedEvent } from "../../../events/event-log.ts";
import { stringifyJson } from "../../../json.ts";
import { createHistoryContext } from "../../../protocols/native/encode-context.ts";
import { decodeCompletion } from "../../../protocols/openai/decode.ts";
import {
  type CompletionContext,
  encodeChunks,
  encodeCompletion,
  encodeFirstChunk,
} from "../../../protocols/openai/encode.ts";
import { checkModel } from "../../_http/check-model.ts";
import { withErrorFormat } from "../../_http/error-formats.ts";
import { eventStreamResponse } from "../../_http/event-stream.ts";
import { readJson } from "../../_http/json-body.ts";
import { maxHistoryBytes } from "../../_http/request-body.ts";
import { startStatelessTurn } from "../../_http/stateless-turn.ts";
import type { Route } from "../../_http/types.ts";

export const completions: Route = {
  path: () => "/v1/chat/completions",
  methods: {
    POST: withErrorFormat(async (request, context) => {
      const { app } = context;
      const { CompletionRequest } = await import("../../../protocols/openai/requests.ts");
      const body = readJson(context, CompletionRequest);
      checkModel(body.model, context);
      const statelessRequest = decodeCompletion(body);
      const clientToolNames = new Set(statelessRequest.tools?.map(({ name }) => name));
      const { turn, stop } = await startStatelessTurn(request, context, () => statelessRequest);
      const completion: CompletionContext = {
        id: `chatcmpl-${randomUUID()}`,
        created: Math.floor(app.now().getTime() / 1000),
        model: body.model,
        includeUsage: body.stream_options?.include_usage === true,
        isClientTool: (name) => clientToolNames.has(name),
        historyContext: createHistoryContext(app, (id) => `${filesPath(app.config)}/${id}`),
      };
      if (body.stream) return eventStreamResponse(request, context, streamChunks(turn, completion), stop);
      const events: ChatEvent[] = [];
      for await (const { event } of turn) events.push(event);
      return Response.json(encodeCompletion(events, completion));
    }),
  },
  maxBodySize: maxHistoryBytes,
  enabled: ({ contracts }) => contracts.includes("openai"),
  endpoint: { name: "openai", method: "POST" },
};

async function* streamChunks(
  turn: AsyncIterable<StreamedEvent>,
  completion: CompletionContext,
): AsyncGenerator<string, void> {
  yield JSON.stringify(encodeFirstChunk(completion));
  for await (const { event } of turn) {
    for (const chunk of encodeChunks(event, completion)) yield stringifyJson(chunk);
    // [DONE] would mark a failed reply as complete.
    if (event.type === "turn_ended" && event.end.outcome === "failed") return;
  }
  yield "[DONE]";
}
