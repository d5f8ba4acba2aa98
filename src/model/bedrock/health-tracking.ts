/** Records the outcome of each call for the health check and translates upstream errors. */
import { adviseClock, isClockRefusal } from "./clock.ts";
import { type ModelErrorContext, toAppError } from "./errors.ts";
import type { HealthMonitor } from "./health.ts";
import { cancelledError } from "./retry.ts";
import type { BedrockIo, EventBatch } from "./types.ts";
import { UpstreamError } from "./upstream.ts";

export interface HealthTracking {
  readonly health: HealthMonitor;
  /** True when the call goes to the model that the health check reports on. Only its failures are recorded. */
  readonly isDefault: boolean;
  readonly context: ModelErrorContext;
  readonly warn: BedrockIo["warn"];
}

/**
 * Passes the batches of one call through.
 * @throws AppError for an upstream failure, and `cancelled` once `signal` has fired.
 */
export async function* withHealthTracking(
  batches: AsyncIterable<EventBatch>,
  { health, isDefault, context, warn }: HealthTracking,
  signal: AbortSignal,
): AsyncGenerator<EventBatch> {
  try {
    for await (const batch of batches) {
      const end = batch.at(-1);
      if (end?.type === "end" && end.reason !== undefined)
        warn(`The guardrail intervened for ${context.model}: ${end.reason}.`);
      yield batch;
    }
  } catch (error) {
    if (signal.aborted) throw cancelledError();
    const failure = toAppError(error, context);
    // A later attempt may succeed with the corrected clock, and would leave nothing in the log.
    if (failure?.cause instanceof UpstreamError && isClockRefusal(failure.cause))
      warn(adviseClock(failure.cause));
    if (failure && isDefault) health.recordFailure(failure);
    throw failure ?? error;
  }
  if (signal.aborted) throw cancelledError();
  health.recordSuccess();
}
