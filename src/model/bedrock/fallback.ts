/** Another model answers when the one asked cannot, as long as the user has seen nothing of the answer. */
import { AppError } from "../../errors.ts";
import { formatTarget, type ModelTarget } from "./target.ts";
import type { EventBatch } from "./types.ts";

/**
 * Tries the targets in order. A change is told with a `fallback_model` notice, and `end` names the model that answered.
 * @param requested the model asked for, and the usual region, which a notice need not name.
 * @param attempt throws AppErrors.
 */
export async function* withFallback(
  targets: readonly ModelTarget[],
  requested: ModelTarget,
  attempt: (target: ModelTarget) => AsyncIterable<EventBatch>,
): AsyncGenerator<EventBatch> {
  for (const [index, target] of targets.entries()) {
    const next = targets[index + 1];
    let hasOutput = false;
    try {
      for await (const batch of attempt(target)) {
        hasOutput ||= batch.some((event) => event.type !== "notice");
        yield target.model === requested.model
          ? batch
          : batch.map((event) => (event.type === "end" ? { ...event, model: target.model } : event));
      }
      return;
    } catch (error) {
      if (hasOutput || next === undefined || !(error instanceof AppError) || !allowsFallback(error))
        throw error;
      yield [
        {
          type: "notice",
          code: "fallback_model",
          message: `${formatTarget(target, requested.region)} is not available; ${formatTarget(next, requested.region)} answers instead.`,
        },
      ];
    }
  }
}

/** Trouble of this model, not of the request, nor of the credentials. */
function allowsFallback(error: AppError): boolean {
  switch (error.code) {
    case "throttled":
    case "model_unavailable":
    case "model_timeout":
    case "stream_interrupted":
    case "queue_full":
      return true;
    case "access_denied":
      return error.detail?.startsWith("AccessDeniedException") ?? false;
    default:
      return false;
  }
}
