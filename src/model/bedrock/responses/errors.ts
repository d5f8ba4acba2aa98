/** Converts the errors of the Responses API to the types of AWS, so that both APIs are explained alike. */
import { isRecord } from "../calls.ts";
import { readClockOffset } from "../clock.ts";
import { FOREIGN_RESPONSE } from "../foreign-response.ts";
import { readRetryAfter, UpstreamError } from "../upstream.ts";

const TYPES_BY_CODE: Readonly<Record<string, string>> = {
  rate_limit_exceeded: "ThrottlingException",
  rate_limit_error: "ThrottlingException",
  insufficient_quota: "ServiceQuotaExceededException",
  server_error: "InternalServerException",
  internal_server_error: "InternalServerException",
  overloaded_error: "ServiceUnavailableException",
  service_unavailable: "ServiceUnavailableException",
  context_length_exceeded: "ValidationException",
  invalid_prompt: "ValidationException",
  invalid_request_error: "ValidationException",
  model_not_found: "ResourceNotFoundException",
  not_found_error: "ResourceNotFoundException",
  permission_denied: "AccessDeniedException",
  access_denied: "AccessDeniedException",
};

const TYPES_BY_STATUS: Readonly<Record<number, string>> = {
  400: "ValidationException",
  401: "UnrecognizedClientException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  422: "ValidationException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
};

/** Converts `error` of a failed response or of an error event, `{code, message, type}`. */
export function toResponseError(error: unknown): UpstreamError {
  const { message, type } = describeError(error);
  return new UpstreamError(type ?? "ModelStreamErrorException", message ?? "The response failed.");
}

/** The parts of an HTTP response that an error needs. */
export interface ErrorResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Converts a response with an error status: `{error: {…}}` of the API, or `{message}` of AWS in front of it. */
export function toHttpError({ statusCode, headers }: ErrorResponse, body: string): UpstreamError {
  const parsed = parseLeniently(body);
  const awsType = headers["x-amzn-errortype"]?.split(":")[0];
  const { message, type } = describeError(isRecord(parsed?.error) ? parsed.error : parsed);
  const knownType = awsType ?? (parsed ? (TYPES_BY_STATUS[statusCode] ?? type ?? "UnknownError") : undefined);
  const text = message ?? (typeof parsed?.Message === "string" ? parsed.Message : body.slice(0, 200));
  return new UpstreamError(
    knownType ?? FOREIGN_RESPONSE,
    knownType === undefined ? `HTTP ${statusCode} without an error of AWS.` : text,
    {
      status: statusCode,
      requestId: headers["x-amzn-requestid"] ?? headers["x-request-id"],
      retryAfterMs: readRetryAfter({ headers }),
      clockOffsetMs: readClockOffset(headers, text),
    },
  );
}

/** The code is appended to the message: `context_length_exceeded` says more than some texts. */
function describeError(error: unknown): { readonly message?: string; readonly type?: string } {
  if (!isRecord(error)) return {};
  const names = [error.code, error.type].filter((name) => typeof name === "string");
  const type = names.map((name) => TYPES_BY_CODE[name]).find((found) => found !== undefined);
  const [code] = names;
  const message = typeof error.message === "string" ? error.message : undefined;
  return {
    ...(message !== undefined && { message: code === undefined ? message : `${message} (${code})` }),
    ...(type !== undefined && { type }),
  };
}

/** Returns undefined for a body that is no JSON object: no server of AWS wrote it. */
function parseLeniently(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
