/**
 * Stops asking a model that has failed again and again, so that users hear so at once and the next model can answer.
 *
 * Our own and not a library's (cockatiel 4): a library's breaker wraps a promise, so a streamed answer would have to be
 * disguised as one; while one call tries after the pause, it lets all others wait for the end of that answer, which may take
 * minutes, where ours refuses them at once and lets the fallback answer; and it reads the clock itself.
 */
import { AppError } from "../../errors.ts";
import type { Batch, BedrockIo } from "./types.ts";

export interface BreakerOptions {
  /** Failed calls in a row, their retries included, that open it. */
  readonly failures: number;
  /** How long it stays open; then one call may try, and its outcome decides. */
  readonly pauseMs: number;
}

interface State {
  failures: number;
  openUntil: number;
  last: AppError;
}

export class Breaker {
  readonly #options: BreakerOptions;
  readonly #io: Pick<BedrockIo, "now" | "warn">;
  readonly #states = new Map<string, State>();

  constructor(options: BreakerOptions, io: Pick<BedrockIo, "now" | "warn">) {
    this.#options = options;
    this.#io = io;
  }

  /** @throws AppError, that of the last failure, without a call while the breaker of this model is open. */
  async *guard(model: string, call: () => AsyncIterable<Batch>): AsyncGenerator<Batch> {
    this.#enter(model);
    try {
      yield* call();
    } catch (error) {
      if (error instanceof AppError && isUpstreamTrouble(error)) this.#failed(model, error);
      throw error;
    }
    this.#states.delete(model);
  }

  #enter(model: string): void {
    const state = this.#states.get(model);
    if (!state || state.failures < this.#options.failures) return;
    const left = state.openUntil - this.#io.now();
    if (left > 0) throw open(model, state.last, left);
    // One goes ahead; the others wait for what becomes of it.
    state.openUntil = this.#io.now() + this.#options.pauseMs;
  }

  #failed(model: string, last: AppError): void {
    const failures = (this.#states.get(model)?.failures ?? 0) + 1;
    const openUntil = this.#io.now() + this.#options.pauseMs;
    this.#states.set(model, { failures, openUntil, last });
    if (failures === this.#options.failures)
      this.#io.warn(
        `${model} failed ${failures} times in a row; it is not asked for ${this.#options.pauseMs / 1000} s.`,
      );
  }
}

/** Trouble that the next call would meet as well, and that time may heal. */
function isUpstreamTrouble({ code }: AppError): boolean {
  return ["throttled", "model_unavailable", "model_timeout", "stream_interrupted"].includes(code);
}

function open(model: string, { code, message, detail }: AppError, retryAfterMs: number): AppError {
  return new AppError(code, message, {
    detail: `${model} was not asked: it failed again and again, last with ${detail ?? message}`,
    retryable: true,
    retryAfterMs,
  });
}
