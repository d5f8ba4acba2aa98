/** What to do when a request turns out too long for the model, whatever was estimated: half of it, once more. */
import { AppError } from "../../errors.ts";
import type { ModelEvent, ModelRequest } from "../../model/types.ts";
import { estimateAllTokens } from "../tokens.ts";
import type { Message } from "../types.ts";
import { addUsage, NO_USAGE } from "../usage.ts";
import type { Measure } from "./request.ts";

/** The requests of one turn: what was too long once is left out for the rest of it. */
export class TurnRequests {
  readonly #build: (measure: Measure) => ModelRequest;
  #measure: Measure;
  #sent: readonly Message[] = [];

  /** `ratio` as in {@link Measure}. */
  constructor(build: (measure: Measure) => ModelRequest, ratio: number) {
    this.#build = build;
    this.#measure = { ratio, maxTokens: Number.POSITIVE_INFINITY };
  }

  get wereHalved(): boolean {
    return Number.isFinite(this.#measure.maxTokens);
  }

  next(): ModelRequest {
    const request = this.#build(this.#measure);
    this.#sent = request.messages;
    return request;
  }

  /** The last one was too long. False: nothing is left to leave out. */
  halve(): boolean {
    const tokens = estimateAllTokens(this.#sent);
    const half = { ...this.#measure, maxTokens: tokens / 2 };
    if (estimateAllTokens(this.#build(half).messages) >= tokens) return false;
    this.#measure = half;
    return true;
  }
}

/**
 * The events of `stream()`. When the request is too long for the model, and nothing was seen of an answer, `shorten()` is
 * called, and if it answers true `stream()` is called once more; what the first call used is counted too.
 */
export async function* retryingShorter(
  stream: () => AsyncIterable<ModelEvent>,
  shorten: () => boolean,
): AsyncGenerator<ModelEvent> {
  let spent = NO_USAGE;
  let seen = false;
  let held: ModelEvent | undefined;
  try {
    for await (const event of stream()) {
      if (event.type === "end" && event.stopReason === "context_exceeded" && !seen) {
        spent = event.usage;
        held = event;
        continue;
      }
      seen ||= event.type !== "notice";
      yield event;
    }
    if (held === undefined) return;
    if (!shorten()) return yield held;
  } catch (error) {
    if (seen || !(error instanceof AppError) || error.code !== "context_exceeded" || !shorten()) throw error;
  }
  yield TRIMMED;
  for await (const event of stream())
    yield event.type === "end" ? { ...event, usage: addUsage(spent, event.usage) } : event;
}

const TRIMMED: ModelEvent = {
  type: "notice",
  code: "history_trimmed",
  message: "This conversation is too long for the model: its oldest part is left out of this answer.",
};
