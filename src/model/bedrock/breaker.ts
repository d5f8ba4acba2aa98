/**
 * Circuit breaker: rejects calls to a failing model, so that users get an error at once or a fallback replies.
 *
 * A library (cockatiel 4) does not fit. It wraps a promise, not a stream. While one call probes the model, it makes
 * all others wait for the end of that stream, which may take minutes; this one rejects them at once. It also reads
 * the clock itself.
 */
import { AppError } from "../../errors.ts";
import type { BedrockIo, EventBatch } from "./types.ts";
import { UpstreamError } from "./upstream.ts";

export interface CircuitBreakerOptions {
  /**
   * The number of consecutive failed calls, each with its retries, that opens the breaker. Of the failures that the content
   * of a conversation may cause, one counts for each conversation.
   */
  readonly failures: number;
  /** How long the breaker stays open. Then one call probes the model and decides whether it closes. */
  readonly pauseMs: number;
}

interface BreakerState {
  failures: number;
  /** The conversations whose failures were counted. */
  readonly conversations: Set<string>;
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

  /**
   * Runs `call` unless the breaker of this model is open.
   * @param conversation texts of which each identifies the conversation. Without them every failure counts.
   * @throws AppError the last failure, while it is open.
   */
  async *guard(
    model: string,
    call: () => AsyncIterable<EventBatch>,
    conversation: readonly string[] = [],
  ): AsyncGenerator<EventBatch> {
    this.#assertClosed(model);
    try {
      yield* call();
    } catch (error) {
      if (error instanceof AppError && isUpstreamFailure(error))
        this.#recordFailure(model, error, conversation);
      throw error;
    }
    this.#states.delete(model);
  }

  /** Returns whether calls of a model are rejected. */
  isOpen(model: string): boolean {
    const state = this.#states.get(model);
    return (
      state !== undefined && state.failures >= this.#options.failures && state.openUntil > this.#io.now()
    );
  }

  #assertClosed(model: string): void {
    const state = this.#states.get(model);
    if (!state || state.failures < this.#options.failures) return;
    const remainingMs = state.openUntil - this.#io.now();
    if (remainingMs > 0) throw breakerOpenError(model, state.lastError, remainingMs);
    // This call probes the model; others stay rejected until it has ended.
    state.openUntil = this.#io.now() + this.#options.pauseMs;
  }

  #recordFailure(model: string, lastError: AppError, conversation: readonly string[]): void {
    const state = this.#states.get(model);
    const conversations = state?.conversations ?? new Set();
    const isCounted = !isOutage(lastError) && conversation.some((key) => conversations.has(key));
    for (const key of conversation) conversations.add(key);
    const failures = (state?.failures ?? 0) + (isCounted ? 0 : 1);
    const openUntil = this.#io.now() + this.#options.pauseMs;
    this.#states.set(model, { failures, conversations, openUntil, lastError });
    if (isCounted) return;
    if (failures === this.#options.failures)
      this.#io.warn(
        `${model} failed ${failures} times in a row; no requests are sent to it for ${this.#options.pauseMs / 1000} s.`,
      );
  }
}

/** Returns true for failures that the next call would meet too and that may be temporary. */
function isUpstreamFailure({ code }: AppError): boolean {
  return ["throttled", "model_unavailable", "model_timeout", "stream_interrupted"].includes(code);
}

/** Returns true for failures that the content of a request cannot cause. */
function isOutage({ cause }: AppError): boolean {
  return !(cause instanceof UpstreamError) || OUTAGES.has(cause.type);
}

const OUTAGES: ReadonlySet<string> = new Set(["ConnectionError", "ServiceUnavailableException"]);

function breakerOpenError(
  model: string,
  { code, message, detail }: AppError,
  retryAfterMs: number,
): AppError {
  return new AppError(code, message, {
    detail: `No request was sent to ${model} after repeated failures. Last failure: ${detail ?? message}`,
    retryable: true,
    retryAfterMs,
  });
}
