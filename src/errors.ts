/**
 * The errors that clients receive, by code, with their HTTP statuses. An error that the model can fix is a failed tool result
 * instead (chat/types.ts). Anything that is not an AppError is a bug: it is logged with the id of its HTTP request or of its session.
 * The client receives `internal`, or status 500 over HTTP.
 */
export const ERROR_STATUS = {
  bad_frame: 400,
  unknown_type: 400,
  bad_request: 400,
  message_too_long: 413,
  unauthorized: 401,
  authentication_unavailable: 503,
  forbidden: 403,
  not_found: 404,
  session_not_found: 404,
  approval_not_found: 404,
  rate_limited: 429,
  budget_exceeded: 429,
  queue_full: 429,
  too_many_tools: 400,
  context_exceeded: 413,
  throttled: 503,
  access_denied: 502,
  model_unavailable: 502,
  model_refused: 502,
  model_timeout: 504,
  stream_interrupted: 502,
  interrupted: 503,
  cancelled: 499,
  stopping: 503,
  store_unavailable: 503,
  audit_unavailable: 503,
  lease_lost: 409,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** The codes of failures that end no request: they are only in the log. */
export type LogCode = "api_unreachable" | "document_outdated";

export interface AppErrorFields {
  /** The cause of the error for the log. Users never see it. */
  detail?: string;
  /** Why access is denied, as one word for the audit log. */
  reason?: string;
  /** True when the same request may succeed later. */
  retryable?: boolean;
  /** The delay before a retry, in milliseconds. */
  retryAfterMs?: number;
  /** The HTTP status, when it is not the one of the code. */
  status?: number;
  /** The calls that may have changed data before the failure. */
  done?: readonly string[];
  cause?: unknown;
}

/** An error that clients receive. `message` is safe to show to users, `detail` is for the log only. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly reason: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly done: readonly string[];
  /** The HTTP status. */
  readonly status: number;

  constructor(code: ErrorCode, message: string, fields: AppErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = code;
    this.detail = fields.detail;
    this.reason = fields.reason;
    this.retryable = fields.retryable ?? false;
    this.retryAfterMs = fields.retryAfterMs;
    this.done = fields.done ?? [];
    this.status = fields.status ?? ERROR_STATUS[code];
  }
}

/**
 * Returns the error of a request that failed after calls that may have changed data. Its message names them. A client that
 * sent the request again would make the changes twice, so the status is 400, which no client library retries.
 */
export function withDoneCalls(error: AppError, done: readonly string[]): AppError {
  if (done.length === 0) return error;
  const { code, message, detail, cause } = error;
  return new AppError(code, `${message}${describeDoneCalls({ done })}`, {
    done,
    status: 400,
    retryable: false,
    cause,
    ...(detail !== undefined && { detail }),
  });
}

/** Returns a sentence, with a space before it, that names the calls before the failure; empty when there are none. */
export function describeDoneCalls({ done }: Pick<AppError, "done">): string {
  if (done.length === 0) return "";
  const [names, verb] = [[...new Set(done)].join(", "), done.length === 1 ? "was" : "were"];
  return ` Before that, ${names} ${verb} called and may have changed data. Check the result before you ask again.`;
}

/** Replaces ARNs and the ids of accounts, which errors of AWS name. */
export function withoutAccount(text: string): string {
  return text
    .replace(/\barn:aws[\w-]*:[^\s"'`,;)]*/g, "(an ARN, which the log has)")
    .replace(/(?<![\w-])\d{12}(?![\w-])/g, "(an account)");
}

/** Returns the error of a request that a stopping server does not take. */
export function stopping(): AppError {
  const text = "The server is restarting. Please try again in a moment.";
  return new AppError("stopping", text, { retryable: true, retryAfterMs: 5000 });
}

/** Converts a bug into the error that clients receive. Its `detail` has the cause for the log. */
export function toInternalError(cause: unknown): AppError {
  return new AppError("internal", "Something went wrong on our side. Please try again.", {
    cause,
    detail: detailOf(cause),
  });
}

/** Returns the stack of an error, or any other thrown value as text. */
export function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Masks the values in the queries of all web addresses of a text. A signed address is a credential. */
export function maskQueryValues(text: string): string {
  return text.replace(ADDRESS_WITH_QUERY, (_, address: string, query: string) => {
    const pairs = query
      .split("&")
      .map((pair) => pair.replace(/=.*|^[^=]{8,}$/s, (value) => (value[0] === "=" ? "=***" : "***")));
    return `${address}?${pairs.join("&")}`;
  });
}

/** Marks of the sentence after an address do not belong to it. */
const ADDRESS_WITH_QUERY = /(\bhttps?:\/\/[^\s?#"'<>]*)\?([^\s#"'<>]+?)(?=[:;,.)]*(?:[\s#"'<>]|$))/g;

/** An error that prevents the start. `message` says what to do. The operator sees no stack trace. */
export class StartError extends Error {
  override readonly name: string = "StartError";

  constructor(message: string) {
    super(maskQueryValues(message));
  }
}

/** An API document that cannot be read. `message` is one line for the operator: the source, the problem and the fix. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  readonly source: string;
  /** True when the server of the document does not respond, which may change. */
  readonly isUnreachable: boolean;

  constructor(source: string, problem: string, isUnreachable = false) {
    super(maskQueryValues(`${source}: ${problem.replace(/\s*\n\s*/g, " ").trim()}`));
    this.source = source;
    this.isUnreachable = isUnreachable;
  }
}

/**
 * Why a tool call was refused before anything was sent. `person`: the person said no. `expired`, `stopped`: nobody decided. `policy`: roles or settings do not
 * allow it. `limit`, `repeated`: a limit of the turn. `arguments`: they do not fit the tool.
 */
export type RefusalCode = "person" | "expired" | "stopped" | "policy" | "limit" | "repeated" | "arguments";
