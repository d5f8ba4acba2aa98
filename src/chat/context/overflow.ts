/** What to do when a request turns out too long for the model, whatever was estimated: half of it, once more. */
import { AppError } from "../../errors.ts";
import type { ModelEvent, ModelRequest } from "../../model/types.ts";
import { estimateAllTokens } from "../tokens.ts";
import type { Message } from "../types.ts";
import { addUsage, NO_USAGE } from "../usage.ts";
import type { TokenCalibration } from "./request.ts";

/** The requests of one turn: what was too long once is left out for the rest of it. */
export class TurnRequestBuilder {
  readonly #build: (measure: TokenCalibration) => ModelRequest;
  #calibration: TokenCalibration;
  #lastMessages: readonly Message[] = [];

  /** `ratio` as in {@link TokenCalibration}. */
  constructor(build: (measure: TokenCalibration) => ModelRequest, ratio: number) {
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

  /** The last one was too long. False: nothing is left to leave out. */
  halve(): boolean {
    const tokens = estimateAllTokens(this.#lastMessages);
    const half = { ...this.#calibration, maxTokens: tokens / 2 };
    if (estimateAllTokens(this.#build(half).messages) >= tokens) return false;
    this.#calibration = half;
    return true;
  }
}

/**
 * The events of `stream()`. When the request is too long for the model, and nothing was seen of an answer, `shorten()` is
 * called, and if it answers true `stream()` is called once more; what the first call used is counted too.
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
