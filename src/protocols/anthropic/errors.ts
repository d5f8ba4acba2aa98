/** Error bodies and statuses of the anthropic protocol: https://docs.claude.com/en/api/errors. Pure. */
import type { AppError } from "../../errors.ts";

export function encodeAnthropicError(error: AppError, requestId: string | null = null): object {
  return encodeAnthropicFailure(anthropicStatus(error), error.message, requestId);
}

export function encodeAnthropicFailure(status: number, message: string, requestId: string | null): object {
  const type = ERROR_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return { type: "error", error: { type, message }, request_id: requestId };
}

/** Returns the HTTP status. As at Anthropic, a conversation that is too long is a bad request, and an overload is 529. */
export function anthropicStatus({ code, status }: AppError): number {
  if (code === "context_exceeded") return 400;
  return code === "throttled" && status === 503 ? 529 : status;
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};
