/** `POST /v1/chat/completions`: the OpenAI wire. The history is the one that is sent; nothing is stored. */
import { randomUUID } from "node:crypto";
import { limitKey } from "../../../access/client.ts";
import type { ToldEvent } from "../../../chat/types.ts";
import { filesPath } from "../../../config/paths.ts";
import type { Told } from "../../../events/event-log.ts";
import { stringifyJson } from "../../../json.ts";
import { historyContext } from "../../../protocols/native/encode-context.ts";
import {
  type CompletionFrame,
  CompletionRequest,
  decodeCompletion,
  encodeBeginning,
  encodeChunks,
  encodeCompletion,
  modelNotFound,
} from "../../../protocols/openai/codec.ts";
import { givenTurn } from "../../../turns/stateless-turn.ts";
import { visitorOf } from "../../_http/client.ts";
import { eventStream } from "../../_http/event-stream.ts";
import { readJson } from "../../_http/json-body.ts";
import { inOpenaiWords } from "../../_http/openai-errors.ts";
import type { Route } from "../../_http/types.ts";

export const completions: Route = {
  path: () => "/v1/chat/completions",
  methods: {
    POST: inOpenaiWords(async (request, visit) => {
      const { app, server, sessions } = visit;
      const { config } = app;
      const asked = await readJson(request, CompletionRequest);
      if (!app.models.includes(asked.model)) throw modelNotFound(asked.model);
      const given = decodeCompletion(asked);
      const client = visitorOf(request, visit);
      await sessions.admit(limitKey(client));
      const left = new AbortController();
      const signal = AbortSignal.any([request.signal, left.signal]);
      const turn = await givenTurn(app, sessions, client, given, false, signal);
      const frame: CompletionFrame = {
        id: `chatcmpl-${randomUUID()}`,
        created: Math.floor(app.now().getTime() / 1000),
        model: asked.model,
        includeUsage: asked.stream_options?.include_usage === true,
        isHandedOver: given.tools !== undefined,
        context: historyContext(app, (id) => `${filesPath(config)}/${id}`),
      };
      if (asked.stream) return eventStream(request, visit, chunks(turn, frame), () => left.abort());
      // As long as the answer takes.
      server.timeout(request, 0);
      const events: ToldEvent[] = [];
      for await (const { event } of turn) events.push(event);
      return Response.json(encodeCompletion(events, frame));
    }),
  },
  enabled: ({ contracts }) => contracts.includes("openai"),
};

async function* chunks(turn: AsyncIterable<Told>, frame: CompletionFrame): AsyncGenerator<string, void> {
  yield JSON.stringify(encodeBeginning(frame));
  for await (const { event } of turn) {
    for (const chunk of encodeChunks(event, frame)) yield stringifyJson(chunk);
    // Whoever reads [DONE] takes the answer for whole.
    if (event.type === "turn_ended" && event.end.outcome === "failed") return;
  }
  yield "[DONE]";
}
