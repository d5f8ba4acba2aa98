/** Errors as clients of the OpenAI wire read them. */
import { AppError } from "../../errors.ts";
import { encodeOpenaiError, openaiStatus } from "../../protocols/openai/codec.ts";
import { problem } from "./error-response.ts";
import type { Handler } from "./types.ts";

export function inOpenaiWords(handler: Handler): Handler {
  return async (request, visit) => {
    try {
      return await handler(request, visit);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return problem(error, encodeOpenaiError(error), openaiStatus(error));
    }
  };
}
