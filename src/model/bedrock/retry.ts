/** The one retry loop: exponential back-off with full jitter, only while the user has seen nothing of the answer. */
import { AppError } from "../../errors.ts";
import type { BedrockIo, EventBatch } from "./types.ts";

export interface RetryOptions {
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  /** Each wait twice as long as the one before. Default: true. */
  readonly exponentialBackoff?: boolean | undefined;
  /** Each wait a random part of its length, so that many callers do not come back at once. Default: true. */
  readonly jitter?: boolean | undefined;
}

/** No wait is longer: a person is waiting too. When the service asks for more, it is not asked again. */
const MAX_WAIT_MS = 30_000;

/**
 * Runs `attempt` until it succeeds, fails for good, or the retries are used up. `attempt` throws AppErrors. Each retry is
 * told with a `retrying` notice before its wait; the signal ends a wait at once.
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

/** A full queue would only be filled further. */
function isRetryable({ retryable, code, retryAfterMs = 0 }: AppError): boolean {
  return retryable && code !== "queue_full" && retryAfterMs <= MAX_WAIT_MS;
}

/** Milliseconds before the nth retry: a random part of the doubled delay, but not before Retry-After. */
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
  const reason = error.code === "throttled" ? "The model is busy" : "The model did not answer";
  return `${reason}; trying again in ${(waitMs / 1000).toFixed(1)} s (${retry} of ${maxRetries}).`;
}
