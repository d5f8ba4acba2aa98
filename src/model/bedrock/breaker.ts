/**
 * Stops asking a model that has failed again and again, so that users hear so at once and the next model can answer.
 *
 * Our own and not a library's (cockatiel 4): a library's breaker wraps a promise, so a streamed answer would have to be
 * disguised as one; while one call tries after the pause, it lets all others wait for the end of that answer, which may take
 * minutes, where ours refuses them at once and lets the fallback answer; and it reads the clock itself.
 */
import { AppError } from "../../errors.ts";
import type { BedrockIo, EventBatch } from "./types.ts";

export interface CircuitBreakerOptions {
  /** Failed calls in a row, their retries included, that open it. */
  readonly failures: number;
  /** How long it stays open; then one call may try, and its outcome decides. */
  readonly pauseMs: number;
}

interface BreakerState {
  failures: number;
  openUntil: number;
  lastError: AppError;
}

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #io: Pick<BedrockIo, "now" | "warn">;
  readonly #states = new Map<string, BreakerState>();

  constructor(options: CircuitBreakerOptions, io: Pick<BedrockIo, "now" | "warn">) {
    this.#options = options;
    this.#io = io;
  }

  /** @throws AppError, that of the last failure, without a call while the breaker of this model is open. */
  async *guard(model: string, call: () => AsyncIterable<EventBatch>): AsyncGenerator<EventBatch> {
    this.#assertClosed(model);
    try {
      yield* call();
    } catch (error) {
      if (error instanceof AppError && isUpstreamFailure(error)) this.#recordFailure(model, error);
      throw error;
    }
    this.#states.delete(model);
  }

  #assertClosed(model: string): void {
    const state = this.#states.get(model);
    if (!state || state.failures < this.#options.failures) return;
    const remainingMs = state.openUntil - this.#io.now();
    if (remainingMs > 0) throw breakerOpenError(model, state.lastError, remainingMs);
    // One goes ahead; the others wait for what becomes of it.
    state.openUntil = this.#io.now() + this.#options.pauseMs;
  }

  #recordFailure(model: string, lastError: AppError): void {
    const failures = (this.#states.get(model)?.failures ?? 0) + 1;
    const openUntil = this.#io.now() + this.#options.pauseMs;
    this.#states.set(model, { failures, openUntil, lastError });
    if (failures === this.#options.failures)
      this.#io.warn(
        `${model} failed ${failures} times in a row; it is not asked for ${this.#options.pauseMs / 1000} s.`,
      );
  }
}

/** Trouble that the next call would meet as well, and that time may heal. */
function isUpstreamFailure({ code }: AppError): boolean {
  return ["throttled", "model_unavailable", "model_timeout", "stream_interrupted"].includes(code);
}

function breakerOpenError(
  model: string,
  { code, message, detail }: AppError,
  retryAfterMs: number,
): AppError {
  return new AppError(code, message, {
    detail: `${model} was not asked: it failed again and again, last with ${detail ?? message}`,
    retryable: true,
    retryAfterMs,
  });
}
