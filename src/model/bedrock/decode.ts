/** The bytes of ConverseStream, as model events. */
import type { ModelEvent } from "../types.ts";
import { CallReader, isRecord } from "./calls.ts";
import { type Frame, FrameReader } from "./frames.ts";
import { endOf, isCutOff } from "./stop.ts";
import type { Batch, Json } from "./types.ts";
import { streamException, UpstreamError } from "./upstream.ts";

interface OpenCall {
  readonly id: string;
  readonly name: string;
  input: string;
}

const decoder = new TextDecoder();

/**
 * Feed it what arrives; it answers with the events that are complete. State is kept by block index, so that interleaved
 * blocks would do no harm.
 */
export class StreamDecoder {
  readonly #frames = new FrameReader();
  readonly #calls = new CallReader();
  readonly #open = new Map<unknown, OpenCall>();
  /** The newest call: whether it was cut off is only known when the model stops. */
  #closed: OpenCall | undefined;
  #callCount = 0;
  #stopReason: unknown;
  #metadata: Json = {};

  /** @throws UpstreamError for an exception in the stream. @throws FrameError for damaged bytes. */
  read(chunk: Uint8Array): Batch {
    const events: ModelEvent[] = [];
    for (const frame of this.#frames.read(chunk)) this.#decode(frame, events);
    return events;
  }

  /** The last events, `end` among them. @throws UpstreamError when the model had not finished. */
  end(): Batch {
    this.#frames.end();
    if (this.#stopReason === undefined)
      throw new UpstreamError("StreamEndedError", "The stream ended before the model had finished.");
    const events: ModelEvent[] = [];
    for (const index of [...this.#open.keys()]) this.#closeBlock(index, events);
    this.#yieldClosed(events, isCutOff(this.#stopReason));
    events.push(endOf(this.#stopReason, this.#callCount, this.#metadata));
    return events;
  }

  #decode(frame: Frame, events: ModelEvent[]): void {
    const payload = payloadOf(frame);
    if (frame.type !== "event") throw streamException(frame.kind, payload);
    switch (frame.kind) {
      case "contentBlockDelta":
        this.#delta(payload.contentBlockIndex, payload.delta, events);
        return;
      case "contentBlockStart":
        this.#yieldClosed(events);
        this.#start(payload.contentBlockIndex, payload.start);
        return;
      case "contentBlockStop":
        this.#closeBlock(payload.contentBlockIndex, events);
        return;
      case "messageStop":
        this.#stopReason = payload.stopReason ?? "end_turn";
        return;
      case "metadata":
        this.#metadata = payload;
        return;
    }
  }

  #start(index: unknown, start: unknown): void {
    const toolUse = isRecord(start) && isRecord(start.toolUse) ? start.toolUse : undefined;
    if (!toolUse) return;
    this.#open.set(index, { id: textOf(toolUse.toolUseId), name: textOf(toolUse.name), input: "" });
  }

  #delta(index: unknown, delta: unknown, events: ModelEvent[]): void {
    if (!isRecord(delta)) return;
    this.#yieldClosed(events);
    if (typeof delta.text === "string") {
      if (delta.text !== "") events.push({ type: "text", text: delta.text });
    } else if (isRecord(delta.toolUse)) {
      const call = this.#open.get(index);
      if (call) call.input += textOf(delta.toolUse.input);
    } else if (isRecord(delta.reasoningContent)) {
      const { text, signature, redactedContent } = delta.reasoningContent;
      if (typeof text === "string" && text !== "") events.push({ type: "reasoning", text });
      if (typeof signature === "string") events.push({ type: "reasoning", text: "", signature });
      if (typeof redactedContent === "string")
        events.push({ type: "reasoning", text: "", redacted: redactedContent });
    }
  }

  #closeBlock(index: unknown, events: ModelEvent[]): void {
    const call = this.#open.get(index);
    if (!call) return;
    this.#open.delete(index);
    this.#yieldClosed(events);
    this.#callCount += 1;
    this.#closed = call;
  }

  #yieldClosed(events: ModelEvent[], cutOff = false): void {
    const call = this.#closed;
    if (!call) return;
    this.#closed = undefined;
    events.push({ type: "call", call: this.#calls.read(call.id, call.name, call.input, cutOff) });
  }
}

function payloadOf(frame: Frame): Readonly<Record<string, unknown>> {
  if (frame.payload.length === 0) return {};
  try {
    const payload: unknown = JSON.parse(decoder.decode(frame.payload));
    return isRecord(payload) ? payload : {};
  } catch (cause) {
    throw new UpstreamError("StreamDamagedError", `The event ${frame.kind} holds no JSON.`, { cause });
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
