/** Another model answers when the one asked cannot, as long as the user has seen nothing of the answer. */
import { AppError } from "../../errors.ts";
import { nameOf, type Target } from "./target.ts";
import type { Batch } from "./types.ts";

/**
 * Tries the targets in order. A change is told with a `fallback_model` notice, and `end` names the model that answered.
 * @param asked the model asked for, and the usual region, which a notice need not name.
 * @param attempt throws AppErrors.
 */
export async function* withFallback(
  targets: readonly Target[],
  asked: Target,
  attempt: (target: Target) => AsyncIterable<Batch>,
): AsyncGenerator<Batch> {
  for (const [index, target] of targets.entries()) {
    const next = targets[index + 1];
    let seen = false;
    try {
      for await (const batch of attempt(target)) {
        seen ||= batch.some((event) => event.type !== "notice");
        yield target.model === asked.model
          ? batch
          : batch.map((event) => (event.type === "end" ? { ...event, model: target.model } : event));
      }
      return;
    } catch (error) {
      if (seen || next === undefined || !(error instanceof AppError) || !anotherMayAnswer(error)) throw error;
      yield [
        {
          type: "notice",
          code: "fallback_model",
          message: `${nameOf(target, asked.region)} is not available; ${nameOf(next, asked.region)} answers instead.`,
        },
      ];
    }
  }
}

/** Trouble of this model, not of the request, nor of the credentials. */
function anotherMayAnswer(error: AppError): boolean {
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
