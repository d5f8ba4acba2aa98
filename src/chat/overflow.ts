/** What to do when a request turns out too long for the model, whatever was estimated: half of the history, once more. */
import { AppError } from "../errors.ts";
import type { ModelEvent } from "../model/types.ts";
import { estimateTokens, trim } from "./trim.ts";
import type { Message } from "./types.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

/** The history as far as the model gets to see it; what was left out once stays out for the rest of the turn. */
export class VisibleHistory {
  #messages: readonly Message[];

  constructor(history: readonly Message[]) {
    this.#messages = history;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** `sent`: what was too long, the turn's own `current` messages at its end. False: nothing is left to leave out. */
  halve(sent: readonly Message[], current: readonly Message[]): boolean {
    const history = sent.slice(0, sent.length - current.length);
    if (history.length === 0) return false;
    const tokens = sent.reduce((sum, message) => sum + estimateTokens(message), 0);
    const limits = { maxMessages: Number.POSITIVE_INFINITY, maxTokens: tokens / 2 };
    const kept = trim(history, current, limits).length - current.length;
    this.#messages = kept === 0 ? [] : history.slice(-kept);
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
