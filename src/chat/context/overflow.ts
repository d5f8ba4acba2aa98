/** Retries a request that is too long for the model, in spite of the estimate, once with half of its messages. */
import { AppError } from "../../errors.ts";
import type { ModelEvent, ModelRequest } from "../../model/types.ts";
import { estimateAllTokens } from "../tokens.ts";
import type { Message } from "../types.ts";
import { addUsage, NO_USAGE } from "../usage.ts";
import type { TokenCalibration } from "./request.ts";

/** Builds the requests of one turn. Messages that were dropped because a request was too long stay dropped. */
export class TurnRequestBuilder {
  readonly #build: (calibration: TokenCalibration) => ModelRequest;
  #calibration: TokenCalibration;
  #lastMessages: readonly Message[] = [];

  /** @param ratio as in {@link TokenCalibration}. */
  constructor(build: (calibration: TokenCalibration) => ModelRequest, ratio: number) {
    this.#build = build;
    this.#calibration = { ratio, maxTokens: Number.POSITIVE_INFINITY };
  }

  get wasHalved(): boolean {
    return Number.isFinite(this.#calibration.maxTokens);
  }

  buildNext(): ModelRequest {
    const request = this.#build(this.#calibration);
    this.#lastMessages = request.messages;
    return request;
  }

  /** Halves the messages of further requests. Returns false when nothing is left to drop. */
  halve(): boolean {
    const tokens = estimateAllTokens(this.#lastMessages);
    const half = { ...this.#calibration, maxTokens: tokens / 2 };
    if (estimateAllTokens(this.#build(half).messages) >= tokens) return false;
    this.#calibration = half;
    return true;
  }
}

/**
 * Yields the events of `stream()`. When the request is too long for the model, no output was yielded and `shorten()`
 * returns true, calls `stream()` once more. The usage of the first call is added to that of the second.
 */
export async function* retryWithShorterRequest(
  stream: () => AsyncIterable<ModelEvent>,
  shorten: () => boolean,
): AsyncGenerator<ModelEvent> {
  let spent = NO_USAGE;
  let hasOutput = false;
  let overflowEnd: ModelEvent | undefined;
  try {
    for await (const event of stream()) {
      if (event.type === "end" && event.stopReason === "context_exceeded" && !hasOutput) {
        spent = event.usage;
        overflowEnd = event;
        continue;
      }
      hasOutput ||= event.type !== "notice";
      yield event;
    }
    if (overflowEnd === undefined) return;
    if (!shorten()) return yield overflowEnd;
  } catch (error) {
    if (hasOutput || !(error instanceof AppError) || error.code !== "context_exceeded" || !shorten())
      throw error;
  }
  yield TRIMMED_NOTICE;
  for await (const event of stream())
    yield event.type === "end" ? { ...event, usage: addUsage(spent, event.usage) } : event;
}

const TRIMMED_NOTICE: ModelEvent = {
  type: "notice",
  code: "history_trimmed",
  message: "This conversation is too long for the model: its oldest part is left out of this answer.",
};
