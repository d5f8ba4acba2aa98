/** Converts HTTP responses with an error status. */
import { isRecord } from "./calls.ts";
import { readClockOffset } from "./clock.ts";
import { FOREIGN_RESPONSE } from "./foreign-response.ts";
import type { HttpResponse } from "./http-types.ts";
import { readRetryAfter, UpstreamError } from "./upstream.ts";

/** The parts of a response that an error needs. */
export type ErrorResponse = Pick<HttpResponse, "status" | "headers">;

/**
 * Converts an error of Converse: the type is in a header or in the body, `{"message": …}` is the body.
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
 */
export function toServiceError(response: ErrorResponse, body: string): UpstreamError {
  const fields = parseErrorBody(body);
  if (!fields) return createHttpError(response, undefined, "");
  const type = response.headers["x-amzn-errortype"] ?? fields.code ?? fields.__type ?? "Unknown";
  const message = fields.message ?? fields.Message ?? "UnknownError";
  return createHttpError(response, normalizeType(String(type)), String(message));
}

/** Removes the namespace and the address: `ns#ThrottlingException:http://…` → `ThrottlingException`. */
function normalizeType(type: string): string {
  const [name = ""] = type.split(/[,:]/);
  return name.slice(name.indexOf("#") + 1);
}

/** @param type undefined when no server of AWS wrote the response. */
export function createHttpError(
  { status, headers }: ErrorResponse,
  type: string | undefined,
  message: string,
): UpstreamError {
  const text = type === undefined ? `HTTP ${status} without an error of AWS.` : message;
  return new UpstreamError(type ?? FOREIGN_RESPONSE, text, {
    status,
    requestId: headers["x-amzn-requestid"] ?? headers["x-request-id"],
    retryAfterMs: readRetryAfter({ headers }),
    clockOffsetMs: readClockOffset(headers, message),
  });
}

/** Returns undefined for a body that is no JSON object: no server of AWS wrote it. */
export function parseErrorBody(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
