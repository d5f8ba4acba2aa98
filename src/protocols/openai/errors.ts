/** Error bodies and statuses of the openai protocol. Pure. */
import { AppError } from "../../errors.ts";

export function modelNotFound(model: string): AppError {
  return new AppError("not_found", `The model ${JSON.stringify(model)} is not offered here.`);
}

/** Encodes an error object: https://platform.openai.com/docs/guides/error-codes */
export function encodeOpenaiError(error: AppError): object {
  const { code, message } = error;
  const status = openaiStatus(error);
  return {
    error: {
      message,
      type: ERROR_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error"),
      param: code === "not_found" ? "model" : null,
      code:
        code === "not_found"
          ? "model_not_found"
          : code === "context_exceeded"
            ? "context_length_exceeded"
            : code,
    },
  };
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
