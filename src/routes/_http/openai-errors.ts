/** Error responses of the openai protocol: `src/protocols/openai/PROTOCOL.md`. */
import { AppError } from "../../errors.ts";
import { encodeOpenaiError, openaiStatus } from "../../protocols/openai/errors.ts";
import { errorResponse } from "./error-response.ts";
import type { Handler } from "./types.ts";

export function withOpenaiErrors(handler: Handler): Handler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return errorResponse(error, encodeOpenaiError(error), openaiStatus(error));
    }
  };
}
