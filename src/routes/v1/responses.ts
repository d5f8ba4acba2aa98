/** `POST /v1/responses`: the Responses API of the openai protocol, `src/protocols/openai/PROTOCOL.md`. */
import { randomUUID } from "node:crypto";
import type { Client } from "../../access/client.ts";
import type { App } from "../../context.ts";
import type { StreamedEvent } from "../../events/event-log.ts";
import { stringifyJson } from "../../json.ts";
import { decodeResponseRequest, toInputItems } from "../../protocols/openai/decode-response-request.ts";
import { ResponseEncoder } from "../../protocols/openai/encode-response.ts";
import type { ResponseInputItem, ResponseRequest } from "../../protocols/openai/responses-requests.ts";
import { resolveItems, saveResponse } from "../../protocols/openai/stored-responses.ts";
import { checkModel } from "../_http/check-model.ts";
import { withErrorFormat } from "../_http/error-formats.ts";
import { eventStreamResponse } from "../_http/event-stream.ts";
import { readJson } from "../_http/json-body.ts";
import { maxHistoryBytes } from "../_http/request-body.ts";
import { startStatelessTurn } from "../_http/stateless-turn.ts";
import type { Route } from "../_http/types.ts";

export const responses: Route = {
  path: () => "/v1/responses",
  methods: {
    POST: withErrorFormat(async (request, context) => {
      const { app } = context;
      const { ResponseRequest } = await import("../../protocols/openai/responses-requests.ts");
      const body = readJson(context, ResponseRequest);
      checkModel(body.model, context);
      let input: readonly ResponseInputItem[] = [];
      const { client, turn, stop } = await startStatelessTurn(request, context, async (client) => {
        const previous = body.previous_response_id ?? undefined;
        const resolved = await resolveItems(app, client, toInputItems(body), previous);
        ({ input } = resolved);
        return decodeResponseRequest(body, [...resolved.earlier, ...input]);
      });
      const key = randomUUID();
      const created = Math.floor(app.now().getTime() / 1000);
      const encoder = new ResponseEncoder({ key, created, request: body });
      const run = { app, client, key, body, input, turn, encoder };
      if (body.stream) return eventStreamResponse(request, context, streamResponse(run), stop);
      for await (const { event } of turn) {
        if (event.type === "turn_ended" && event.end.outcome === "failed") throw event.end.error;
        run.encoder.encode(event);
      }
      await save(run);
      return new Response(stringifyJson(run.encoder.response), {
        headers: { "Content-Type": "application/json" },
      });
    }),
  },
  maxBodySize: maxHistoryBytes,
  enabled: ({ contracts }) => contracts.includes("openai"),
};

interface ResponseRun {
  readonly app: App;
  readonly client: Client;
  readonly key: string;
  readonly body: ResponseRequest;
  readonly input: readonly ResponseInputItem[];
  readonly turn: AsyncIterable<StreamedEvent>;
  readonly encoder: ResponseEncoder;
}

/** Streams a response. It is stored before its last event, so that the next request finds it. */
async function* streamResponse(run: ResponseRun): AsyncGenerator<string, void> {
  const { encoder, turn } = run;
  for (const event of encoder.start()) yield stringifyJson(event);
  for await (const { event } of turn) {
    const encoded = encoder.encode(event);
    if (event.type === "turn_ended" && event.end.outcome === "answered") await save(run);
    for (const one of encoded) yield stringifyJson(one);
  }
}

async function save({ app, client, key, body, input, encoder }: ResponseRun): Promise<void> {
  if (body.store === false) return;
  const items = [...input.filter(({ type }) => type !== "reasoning"), ...encoder.output];
  await saveResponse(app, client, key, { previous: body.previous_response_id ?? undefined, items });
}
