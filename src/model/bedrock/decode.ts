/** Decodes the bytes of a ConverseStream response into model events. */
import type { ModelEvent } from "../types.ts";
import { isRecord, ToolCallParser } from "./calls.ts";
import { type Frame, FrameReader } from "./frames.ts";
import { createEndEvent, isTruncated } from "./stop.ts";
import type { EventBatch, Json } from "./types.ts";
import { toStreamException, UpstreamError } from "./upstream.ts";

interface OpenCall {
  readonly id: string;
  readonly name: string;
  input: string;
}

const decoder = new TextDecoder();

/** Decodes one stream. Keeps state per block index, so that interleaved blocks are decoded correctly. */
export class StreamDecoder {
  readonly #frames = new FrameReader();
  readonly #calls = new ToolCallParser();
  readonly #open = new Map<unknown, OpenCall>();
  /** The last closed call. It is emitted late, because only the stop reason tells whether it was truncated. */
  #closedCall: OpenCall | undefined;
  #failure: unknown;
  #callCount = 0;
  #stopReason: unknown;
  #metadata: Json = {};

  /**
   * Returns the events that this chunk completes.
   * @throws UpstreamError for an exception in the stream. @throws FrameError for damaged bytes.
   */
  read(chunk: Uint8Array): EventBatch {
    this.throwFailure();
    const events: ModelEvent[] = [];
    try {
      for (const frame of this.#frames.read(chunk)) this.#decode(frame, events);
    } catch (error) {
      this.#failure = error;
    }
    if (events.length === 0) this.throwFailure();
    return events;
  }

  /** Throws what came after the events that were read. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#frames.throwDamage();
  }

  /** Returns the last events, including `end`. @throws UpstreamError when the stream is incomplete. */
  end(): EventBatch {
    this.throwFailure();
    this.#frames.end();
    if (this.#stopReason === undefined)
      throw new UpstreamError("StreamEndedError", "The stream ended before the model had finished.");
    const events: ModelEvent[] = [];
    for (const index of [...this.#open.keys()]) this.#closeBlock(index, events);
    this.#emitClosedCall(events, isTruncated(this.#stopReason));
    events.push(createEndEvent(this.#stopReason, this.#callCount, this.#metadata));
    return events;
  }

  #decode(frame: Frame, events: ModelEvent[]): void {
    const payload = parsePayload(frame);
    if (frame.type !== "event") throw toStreamException(frame.kind, payload);
    switch (frame.kind) {
      case "contentBlockDelta":
        this.#handleDelta(payload.contentBlockIndex, payload.delta, events);
        return;
      case "contentBlockStart":
        this.#emitClosedCall(events);
        this.#handleStart(payload.contentBlockIndex, payload.start);
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

  #handleStart(index: unknown, start: unknown): void {
    const toolUse = isRecord(start) && isRecord(start.toolUse) ? start.toolUse : undefined;
    if (!toolUse) return;
    this.#open.set(index, { id: textOf(toolUse.toolUseId), name: textOf(toolUse.name), input: "" });
  }

  #handleDelta(index: unknown, delta: unknown, events: ModelEvent[]): void {
    if (!isRecord(delta)) return;
    this.#emitClosedCall(events);
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
    this.#emitClosedCall(events);
    this.#callCount += 1;
    this.#closedCall = call;
  }

  #emitClosedCall(events: ModelEvent[], isTruncated = false): void {
    const call = this.#closedCall;
    if (!call) return;
    this.#closedCall = undefined;
    events.push({ type: "call", call: this.#calls.parse(call.id, call.name, call.input, isTruncated) });
  }
}

function parsePayload(frame: Frame): Readonly<Record<string, unknown>> {
  if (frame.payload.length === 0) return {};
  try {
    const payload: unknown = JSON.parse(decoder.decode(frame.payload));
    return isRecord(payload) ? payload : {};
  } catch (cause) {
    throw new UpstreamError("StreamDamagedError", `The payload of the event ${frame.kind} is not JSON.`, {
      cause,
    });
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
