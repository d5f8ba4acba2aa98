/** Errors of Bedrock, the SDK and the network in one shape, before they become AppErrors. */
import { isRecord } from "./calls.ts";
import { readClockOffset } from "./clock.ts";
import { FOREIGN_RESPONSE } from "./foreign-response.ts";

export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  /**
   * An AWS error type such as `ThrottlingException`, or `ConnectionError`, `TimeoutError`, `CredentialsError`,
   * `StreamEndedError`, `StreamResetError`, `StreamDamagedError`, `ForeignResponseError`.
   */
  readonly type: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  /** The clock of the service minus that of this machine, where its response tells. */
  readonly clockOffsetMs: number | undefined;

  constructor(
    type: string,
    message: string,
    fields: {
      status?: number | undefined;
      retryAfterMs?: number | undefined;
      requestId?: string | undefined;
      clockOffsetMs?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.type = type;
    this.status = fields.status;
    this.retryAfterMs = fields.retryAfterMs;
    this.requestId = fields.requestId;
    this.clockOffsetMs = fields.clockOffsetMs;
  }
}

/** Converts an exception event of the stream, for example `throttlingException` with the payload `{"message": …}`. */
export function toStreamException(kind: string, payload: unknown): UpstreamError {
  const fields = isRecord(payload) ? payload : {};
  const message = fields.message ?? fields.Message ?? fields.originalMessage ?? "";
  return new UpstreamError(kind.charAt(0).toUpperCase() + kind.slice(1), String(message));
}

const CONNECTION_CODES =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UNABLE_TO|CERT_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|ERR_PROXY|ERR_STREAM|FailedToOpenSocket|ConnectionRefused|ConnectionClosed)/;

/** Converts an error of the SDK or node:http. Returns undefined for any other error, which is a bug of specchat. */
export function toUpstreamError(error: unknown): UpstreamError | undefined {
  if (error instanceof UpstreamError) return error;
  if (!(error instanceof Error)) return undefined;
  const metadata = "$metadata" in error && isRecord(error.$metadata) ? error.$metadata : undefined;
  if (metadata && typeof metadata.httpStatusCode === "number") {
    const response = "$response" in error && isRecord(error.$response) ? error.$response : {};
    // The SDK could not read the body of the error.
    const isUnreadable = error.name === "SyntaxError";
    return new UpstreamError(
      isUnreadable ? FOREIGN_RESPONSE : error.name,
      isUnreadable ? `HTTP ${metadata.httpStatusCode} without an error of AWS.` : error.message,
      {
        status: metadata.httpStatusCode,
        requestId: typeof metadata.requestId === "string" ? metadata.requestId : undefined,
        retryAfterMs: readRetryAfter(response),
        clockOffsetMs: readClockOffset(response.headers, error.message),
        cause: error,
      },
    );
  }
  if (error.name === "FrameError")
    return new UpstreamError("StreamDamagedError", error.message, { cause: error });
  if (error.name === "TimeoutError")
    return new UpstreamError("ConnectionError", error.message, { cause: error });
  if (/Credential|Token(Provider)?Error|SSO/.test(error.name))
    return new UpstreamError("CredentialsError", error.message, { cause: error });
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code.startsWith("HPE_"))
    return new UpstreamError(FOREIGN_RESPONSE, `The response is not HTTP (${code}).`, { cause: error });
  if (CONNECTION_CODES.test(code) || /^(aborted|socket hang up)/.test(error.message))
    return new UpstreamError("ConnectionError", code === "" ? error.message : `${code}: ${error.message}`, {
      cause: error,
    });
  return undefined;
}

/** Returns the Retry-After header in milliseconds: seconds, or an HTTP date relative to the server's Date header. */
export function readRetryAfter(response: unknown): number | undefined {
  const headers = isRecord(response) && isRecord(response.headers) ? response.headers : {};
  const value = headers["retry-after"];
  if (typeof value !== "string") return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const wait = Date.parse(value) - Date.parse(String(headers.date));
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
