/** Converts the errors of the Responses API to the types of AWS, so that both APIs are explained alike. */
import { isRecord } from "../calls.ts";
import { createHttpError, type ErrorResponse, parseErrorBody } from "../service-error.ts";
import { UpstreamError } from "../upstream.ts";

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

/** Converts a response with an error status: `{error: {…}}` of the API, or `{message}` of AWS in front of it. */
export function toHttpError(response: ErrorResponse, body: string): UpstreamError {
  const { status, headers } = response;
  const parsed = parseErrorBody(body);
  const awsType = headers["x-amzn-errortype"]?.split(":")[0];
  const { message, type } = describeError(isRecord(parsed?.error) ? parsed.error : parsed);
  const knownType = awsType ?? (parsed ? (TYPES_BY_STATUS[status] ?? type ?? "UnknownError") : undefined);
  const text = message ?? (typeof parsed?.Message === "string" ? parsed.Message : body.slice(0, 200));
  return createHttpError(response, knownType, text);
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
