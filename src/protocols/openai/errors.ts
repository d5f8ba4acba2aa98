/** Error bodies and statuses of the openai protocol. Pure. */
import type { AppError } from "../../errors.ts";

/** Encodes the failure of a request that reached no handler. */
export function encodeOpenaiFailure(status: number, message: string, code: string): object {
  return { error: { message, type: errorType(status), param: null, code } };
}

/** Encodes an error object: https://platform.openai.com/docs/guides/error-codes */
export function encodeOpenaiError(error: AppError): object {
  const { code, message } = error;
  const status = openaiStatus(error);
  return {
    error: {
      message,
      type: code === "budget_exceeded" ? "insufficient_quota" : errorType(status),
      param: code === "not_found" ? "model" : null,
      code: CODES[code] ?? code,
    },
  };
}

const CODES: Readonly<Partial<Record<AppError["code"], string>>> = {
  not_found: "model_not_found",
  context_exceeded: "context_length_exceeded",
  budget_exceeded: "insufficient_quota",
};

function errorType(status: number): string {
  return ERROR_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
}

/** Returns the HTTP status. As at OpenAI, a conversation that is too long is a bad request. */
export function openaiStatus({ code, status }: AppError): number {
  return code === "context_exceeded" ? 400 : status;
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
};
