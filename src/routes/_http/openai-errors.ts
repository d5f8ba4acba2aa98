/** Error responses of the openai protocol: `src/protocols/openai/PROTOCOL.md`. */
import type { Config } from "../../config/settings.ts";
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

/** Returns whether clients of OpenAI expect errors of a path in their format. */
export function isOpenaiPath(pathname: string, { contracts }: Pick<Config, "contracts">): boolean {
  return contracts.includes("openai") && /^\/v1(\/|$)/.test(pathname);
}

/** Encodes an error of a request that reached no handler. */
export function unroutedResponse(
  status: number,
  message: string,
  code: string | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = status >= 500 ? "server_error" : status === 403 ? "permission_error" : "invalid_request_error";
  return Response.json({ error: { message, type, param: null, code } }, { status, headers });
}
