/** Replaces the built-in error messages of model failures by those in the settings. */
import { AppError, type ErrorCode, withDoneCalls } from "../errors.ts";
import type { Config } from "./settings.ts";

type ErrorTexts = Pick<Config, "busyText" | "deniedText" | "troubleText">;

const TEXT_BY_CODE: Partial<Record<ErrorCode, keyof ErrorTexts>> = {
  throttled: "busyText",
  queue_full: "busyText",
  access_denied: "deniedText",
  model_unavailable: "troubleText",
  model_refused: "troubleText",
  model_timeout: "troubleText",
  stream_interrupted: "troubleText",
  internal: "troubleText",
};

/** Returns the error with its configured message, or the same error when none is configured. */
export function applyErrorTexts(error: AppError, texts: ErrorTexts): AppError {
  const name = TEXT_BY_CODE[error.code];
  const text = name && texts[name];
  if (text === undefined) return error;
  const { code, detail, retryable, retryAfterMs, status, cause } = error;
  const replaced = new AppError(code, text, {
    retryable,
    status,
    cause,
    ...(detail !== undefined && { detail }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  return withDoneCalls(replaced, error.done);
}
