/** Falls back to another model when the requested one is not available. */
import { AppError } from "../../errors.ts";
import type { ModelLimits, ModelRequest } from "../types.ts";
import { formatTarget, type ModelTarget } from "./target.ts";
import type { EventBatch } from "./types.ts";

/** Removes duplicate targets, and fallbacks whose limits the request does not fit. The first target always stays. */
export function selectTargets(
  request: ModelRequest,
  targets: readonly ModelTarget[],
  limits: (model: string) => ModelLimits,
): readonly ModelTarget[] {
  return targets.filter(
    ({ model, region }, index) =>
      targets.findIndex((other) => other.model === model && other.region === region) === index &&
      (index === 0 || request.refit === undefined || request.refit(limits(model)) !== undefined),
  );
}

/**
 * Tries the targets in order until one replies; stops at the first failure after output has reached the user. Emits a
 * `fallback_model` notice before each fallback, and sets `model` on the `end` event of a fallback.
 * @param requested the requested model and the default region; a notice omits that region.
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
          message: `${formatTarget(target, requested.region)} is not available; using ${formatTarget(next, requested.region)} instead.`,
        },
      ];
    }
  }
}

/** Returns true for failures of the model itself; another model would fail with the same request or credentials. */
function allowsFallback(error: AppError): boolean {
  switch (error.code) {
    case "throttled":
    case "model_unavailable":
    case "model_timeout":
    case "stream_interrupted":
    case "queue_full":
      return true;
    case "access_denied":
      // A ValidationException refuses the account's data retention for this model.
      return /^(AccessDenied|Validation)Exception/.test(error.detail ?? "");
    default:
      return false;
  }
}
