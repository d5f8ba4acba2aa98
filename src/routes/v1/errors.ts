/** Errors as clients of the OpenAI wire read them. */
import { AppError } from "../../errors.ts";
import { encodeOpenaiError, openaiStatus } from "../../wire/openai.ts";
import type { Handler } from "../types.ts";

export function inOpenaiWords(handler: Handler): Handler {
  return async (request, visit) => {
    try {
      return await handler(request, visit);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const response = Response.json(encodeOpenaiError(error), { status: openaiStatus(error) });
      const { retryAfterMs } = error;
      if (retryAfterMs !== undefined)
        response.headers.set("Retry-After", `${Math.ceil(retryAfterMs / 1000)}`);
      return response;
    }
  };
}
