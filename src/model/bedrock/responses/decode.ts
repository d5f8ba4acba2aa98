/** Decodes the bytes of a streamed response of the Responses API into model events. */
import type { ModelStopReason, Usage } from "../../../chat/types.ts";
import type { ModelEvent } from "../../types.ts";
import { isRecord, ToolCallParser } from "../calls.ts";
import type { EventBatch, Json } from "../types.ts";
import { UpstreamError } from "../upstream.ts";
import { formatEncryptedReasoning } from "./encrypted-reasoning.ts";
import { toResponseError } from "./errors.ts";
import { EventReader } from "./server-sent-events.ts";

interface OpenCall {
  readonly id: string;
  readonly name: string;
  input: string;
  isComplete: boolean;
}

/** Decodes one stream. */
export class ResponsesDecoder {
  readonly #events = new EventReader();
  readonly #calls = new ToolCallParser();
  /** Calls that were not emitted yet, by output index: only the end tells whether the last one was truncated. */
  readonly #open = new Map<unknown, OpenCall>();
  #callCount = 0;
  #response: Json | undefined;

  /** Returns the events that this chunk completes. @throws UpstreamError for an error in the stream or damaged data. */
  read(chunk: Uint8Array): EventBatch {
    const events: ModelEvent[] = [];
    for (const data of this.#events.read(chunk)) this.#decode(data, events);
    return events;
  }

  /** Returns the last events, including `end`. @throws UpstreamError when the stream is incomplete. */
  end(): EventBatch {
    const response = this.#response;
    if (!response)
      throw new UpstreamError("StreamEndedError", "The stream ended before the model had finished.");
    const events: ModelEvent[] = [];
    const isTruncated = response.status === "incomplete";
    this.#emitCalls(events, isTruncated);
    events.push({ type: "end", stopReason: this.#toStopReason(response), usage: readUsage(response.usage) });
    return events;
  }

  #decode(data: string, events: ModelEvent[]): void {
    if (data === "[DONE]") return;
    const event = parseEvent(data);
    switch (event.type) {
      case "response.output_text.delta":
      case "response.refusal.delta":
        this.#emitCalls(events, false);
        pushText("text", event.delta, events);
        return;
      case "response.reasoning_text.delta":
      case "response.reasoning_summary_text.delta":
        pushText("reasoning", event.delta, events);
        return;
      case "response.output_item.added":
        this.#emitCalls(events, false);
        if (isRecord(event.item)) this.#openCall(event.output_index, event.item);
        return;
      case "response.function_call_arguments.delta": {
        const call = this.#open.get(event.output_index);
        if (call && typeof event.delta === "string") call.input += event.delta;
        return;
      }
      case "response.output_item.done":
        if (isRecord(event.item)) this.#closeItem(event.output_index, event.item, events);
        return;
      case "response.completed":
      case "response.incomplete":
        if (!isRecord(event.response))
          throw new UpstreamError("StreamDamagedError", `The event ${event.type} contains no response.`);
        this.#response = event.response;
        return;
      case "response.failed":
        throw toResponseError(isRecord(event.response) ? event.response.error : undefined);
      case "error":
        throw toResponseError(isRecord(event.error) ? event.error : event);
    }
  }

  #openCall(index: unknown, item: Json): void {
    if (item.type !== "function_call") return;
    const { call_id, name } = item;
    this.#open.set(index, { id: textOf(call_id), name: textOf(name), input: "", isComplete: false });
  }

  #closeItem(index: unknown, item: Json, events: ModelEvent[]): void {
    if (item.type === "function_call") {
      const input =
        typeof item.arguments === "string" ? item.arguments : (this.#open.get(index)?.input ?? "");
      this.#open.set(index, { id: textOf(item.call_id), name: textOf(item.name), input, isComplete: true });
    } else if (item.type === "reasoning" && typeof item.encrypted_content === "string") {
      const { encrypted_content } = item;
      const signature = formatEncryptedReasoning({ id: textOf(item.id), encrypted_content });
      events.push({ type: "reasoning", text: "", signature });
    }
  }

  /** Emits the calls that are complete. At the end of a truncated response the last one is malformed. */
  #emitCalls(events: ModelEvent[], isTruncated: boolean): void {
    if (this.#open.size === 0) return;
    const hasEnded = this.#response !== undefined;
    const indices = [...this.#open.keys()];
    for (const [index, call] of [...this.#open]) {
      if (!call.isComplete && !hasEnded) continue;
      this.#open.delete(index);
      this.#callCount += 1;
      const isLast = index === indices.at(-1);
      const parsed = this.#calls.parse(call.id, call.name, call.input, isTruncated && isLast);
      events.push({ type: "call", call: parsed });
    }
  }

  #toStopReason({ status, incomplete_details: details }: Json): ModelStopReason {
    const reason = status === "incomplete" && isRecord(details) ? details.reason : undefined;
    if (reason === "max_output_tokens") return "max_tokens";
    if (reason === "content_filter") return "content_filtered";
    return this.#callCount > 0 ? "tool_use" : "end_turn";
  }
}

/** Reads the usage. `input_tokens` include what was read from and written to the cache. */
function readUsage(usage: unknown): Usage {
  const counts = isRecord(usage) ? usage : {};
  const details = isRecord(counts.input_tokens_details) ? counts.input_tokens_details : {};
  const cacheReadTokens = countOf(details.cached_tokens);
  const cacheWriteTokens = countOf(details.cache_write_tokens);
  return {
    inputTokens: Math.max(0, countOf(counts.input_tokens) - cacheReadTokens - cacheWriteTokens),
    outputTokens: countOf(counts.output_tokens),
    cacheReadTokens,
    cacheWriteTokens,
  };
}

function parseEvent(data: string): Json {
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : {};
  } catch (cause) {
    throw new UpstreamError("StreamDamagedError", "An event of the stream is not JSON.", { cause });
  }
}

function pushText(type: "text" | "reasoning", delta: unknown, events: ModelEvent[]): void {
  if (typeof delta === "string" && delta !== "") events.push({ type, text: delta });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function countOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
