/** The only retry loop: exponential backoff with full jitter, as long as no output has reached the user. */
import { AppError } from "../../errors.ts";
import type { BedrockIo, EventBatch } from "./types.ts";

export interface RetryOptions {
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  /** Doubles each wait. Default: true. */
  readonly exponentialBackoff?: boolean | undefined;
  /** Waits a random part of the delay, so that clients do not retry at the same time. Default: true. */
  readonly jitter?: boolean | undefined;
}

/** The maximum wait, because a user is waiting. A longer Retry-After is not retried. */
const MAX_WAIT_MS = 30_000;

/**
 * Runs `attempt` until it succeeds, fails permanently, or the retries are used up. Emits a `retrying` notice before
 * each wait. Aborting `signal` ends a wait at once.
 * @param attempt throws AppErrors.
 */
export async function* withRetries(
  attempt: () => AsyncIterable<EventBatch>,
  options: RetryOptions,
  io: Pick<BedrockIo, "random" | "sleep">,
  signal: AbortSignal,
): AsyncGenerator<EventBatch> {
  const { maxRetries } = options;
  for (let retry = 1; ; retry += 1) {
    let hasOutput = false;
    try {
      for await (const batch of attempt()) {
        hasOutput ||= batch.some((event) => event.type !== "notice");
        yield batch;
      }
      return;
    } catch (error) {
      if (!(error instanceof AppError) || hasOutput || retry > maxRetries || !isRetryable(error)) throw error;
      const wait = retryDelay(retry, options, error.retryAfterMs, io.random());
      yield [{ type: "notice", code: "retrying", message: retryNotice(error, wait, retry, maxRetries) }];
      await io.sleep(wait, signal);
      if (signal.aborted) throw cancelledError();
    }
  }
}

/** Returns true for temporary failures, except a full queue, which retries would keep full. */
function isRetryable({ retryable, code, retryAfterMs = 0 }: AppError): boolean {
  return retryable && code !== "queue_full" && retryAfterMs <= MAX_WAIT_MS;
}

/** Returns the milliseconds before the nth retry: a random part of the doubled delay, at least Retry-After. */
export function retryDelay(
  retry: number,
  { retryDelayMs, exponentialBackoff = true, jitter = true }: Omit<RetryOptions, "maxRetries">,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const maxDelay = Math.min(retryDelayMs * (exponentialBackoff ? 2 ** (retry - 1) : 1), MAX_WAIT_MS);
  const delay = maxDelay * (jitter ? random : 1);
  return Math.round(Math.min(Math.max(delay, retryAfterMs ?? 0), MAX_WAIT_MS));
}

export function cancelledError(): AppError {
  return new AppError("cancelled", "Stopped.");
}

function retryNotice(error: AppError, waitMs: number, retry: number, maxRetries: number): string {
  const reason = error.code === "throttled" ? "The model is busy" : "The model did not respond";
  return `${reason}; trying again in ${(waitMs / 1000).toFixed(1)} s (${retry} of ${maxRetries}).`;
}
