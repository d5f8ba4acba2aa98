/** Encodes events as a response of the Responses API and its stream. Pure. https://platform.openai.com/docs/api-reference/responses-streaming */
import type { ChatEvent, ToolCall, Usage } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { encodeOpenaiError } from "./errors.ts";
import type { ResponseRequest } from "./responses-requests.ts";

export interface ResponseContext {
  /** The part of the ids after their prefix. */
  readonly key: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly request: ResponseRequest;
}

export type ResponseOutputItem = { readonly type: string; readonly id: string } & Readonly<
  Record<string, unknown>
>;
type StreamEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

export class ResponseEncoder {
  readonly #context: ResponseContext;
  readonly #output: ResponseOutputItem[] = [];
  #sequence = 0;
  #text = "";
  #isTextOpen = false;
  #response: Readonly<Record<string, unknown>> | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  get output(): readonly ResponseOutputItem[] {
    return this.#output;
  }

  /** The response as far as it goes. */
  get response(): Readonly<Record<string, unknown>> {
    return this.#response ?? this.#encode("in_progress");
  }

  /** Encodes the events before the model replies. */
  start(): readonly StreamEvent[] {
    return [
      this.#event("response.created", { response: this.response }),
      this.#event("response.in_progress", { response: this.response }),
    ];
  }

  encode(event: ChatEvent): readonly StreamEvent[] {
    switch (event.type) {
      case "text_delta":
        return this.#encodeDelta(event.text);
      case "turn_waiting":
        return [
          ...this.#endText(),
          ...event.turn.approval.calls.flatMap(({ call }) => this.#encodeCall(call)),
        ];
      case "turn_ended":
        return [...this.#endText(), this.#end(event.end)];
      default:
        return [];
    }
  }

  #encodeDelta(delta: string): readonly StreamEvent[] {
    const place = { item_id: `msg_${this.#context.key}`, output_index: 0, content_index: 0 };
    const start = this.#isTextOpen
      ? []
      : [
          this.#event("response.output_item.added", {
            output_index: 0,
            item: this.#message("in_progress", []),
          }),
          this.#event("response.content_part.added", { ...place, part: textPart("") }),
        ];
    this.#isTextOpen = true;
    this.#text += delta;
    return [...start, this.#event("response.output_text.delta", { ...place, delta, logprobs: [] })];
  }

  #endText(): readonly StreamEvent[] {
    if (!this.#isTextOpen) return [];
    this.#isTextOpen = false;
    const place = { item_id: `msg_${this.#context.key}`, output_index: 0, content_index: 0 };
    const part = textPart(this.#text);
    const item = this.#message("completed", [part]);
    this.#output.push(item);
    return [
      this.#event("response.output_text.done", { ...place, text: this.#text, logprobs: [] }),
      this.#event("response.content_part.done", { ...place, part }),
      this.#event("response.output_item.done", { output_index: 0, item }),
    ];
  }

  #encodeCall({ id: call_id, name, arguments: values, malformed }: ToolCall): readonly StreamEvent[] {
    const index = this.#output.length;
    const id = `fc_${this.#context.key}_${index}`;
    const text = malformed ?? stringifyJson(values);
    const item = { type: "function_call", id, call_id, name, arguments: text, status: "completed" };
    this.#output.push(item);
    const place = { item_id: id, output_index: index };
    return [
      this.#event("response.output_item.added", {
        output_index: index,
        item: { ...item, arguments: "", status: "in_progress" },
      }),
      this.#event("response.function_call_arguments.delta", { ...place, delta: text }),
      this.#event("response.function_call_arguments.done", { ...place, name, arguments: text }),
      this.#event("response.output_item.done", { output_index: index, item }),
    ];
  }

  #end(end: Extract<ChatEvent, { type: "turn_ended" }>["end"]): StreamEvent {
    const usage = encodeUsage(end.usage);
    if (end.outcome === "failed") {
      const { message, code } = (encodeOpenaiError(end.error) as { error: { message: string; code: string } })
        .error;
      this.#response = { ...this.#encode("failed"), usage, error: { code, message } };
      return this.#event("response.failed", { response: this.#response });
    }
    const reason = INCOMPLETE_REASONS[end.stopReason];
    const status = reason === undefined ? "completed" : "incomplete";
    this.#response = {
      ...this.#encode(status),
      model: end.model,
      usage,
      ...(reason !== undefined && { incomplete_details: { reason } }),
    };
    return this.#event(`response.${status}`, { response: this.#response });
  }

  #event(type: string, fields: Readonly<Record<string, unknown>>): StreamEvent {
    this.#sequence += 1;
    return { type, sequence_number: this.#sequence - 1, ...fields };
  }

  #message(status: string, content: readonly object[]): ResponseOutputItem {
    return { type: "message", id: `msg_${this.#context.key}`, status, role: "assistant", content };
  }

  #encode(status: string): Readonly<Record<string, unknown>> {
    const { key, created, request } = this.#context;
    return {
      id: `resp_${key}`,
      object: "response",
      created_at: created,
      status,
      background: false,
      error: null,
      incomplete_details: null,
      instructions: request.instructions ?? null,
      max_output_tokens: request.max_output_tokens ?? null,
      model: request.model,
      output: [...this.#output],
      parallel_tool_calls: true,
      previous_response_id: request.previous_response_id ?? null,
      reasoning: { effort: null, summary: null },
      store: request.store !== false,
      temperature: request.temperature ?? null,
      text: { format: request.text?.format ?? { type: "text" } },
      tool_choice: request.tool_choice ?? "auto",
      tools: request.tools ?? [],
      top_p: request.top_p ?? null,
      truncation: "disabled",
      usage: null,
      user: null,
      metadata: request.metadata ?? {},
    };
  }
}

/** Stop reason → reason why a response is incomplete. */
const INCOMPLETE_REASONS: Readonly<Record<string, string>> = {
  max_tokens: "max_output_tokens",
  context_exceeded: "max_output_tokens",
  guardrail: "content_filter",
  content_filtered: "content_filter",
};

function textPart(text: string): object {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function encodeUsage({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Usage): object {
  const input = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheReadTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + outputTokens,
  };
}
