/** Another model answers when the one asked cannot, as long as the user has seen nothing of the answer. */
import { AppError } from "../../errors.ts";
import type { Batch } from "./types.ts";

/**
 * Tries the models in order. A change is told with a `fallback_model` notice, and `end` names the model that answered.
 * @param attempt throws AppErrors.
 */
export async function* withFallback(
  models: readonly string[],
  attempt: (model: string) => AsyncIterable<Batch>,
): AsyncGenerator<Batch> {
  for (const [index, model] of models.entries()) {
    const next = models[index + 1];
    let seen = false;
    try {
      for await (const batch of attempt(model)) {
        seen ||= batch.some((event) => event.type !== "notice");
        yield index === 0
          ? batch
          : batch.map((event) => (event.type === "end" ? { ...event, model } : event));
      }
      return;
    } catch (error) {
      if (seen || next === undefined || !(error instanceof AppError) || !anotherMayAnswer(error)) throw error;
      yield [
        {
          type: "notice",
          code: "fallback_model",
          message: `${model} is not available; ${next} answers instead.`,
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
      return true;
    case "access_denied":
      return error.detail?.startsWith("AccessDeniedException") ?? false;
    default:
      return false;
  }
}
