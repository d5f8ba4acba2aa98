/**
 * Trouble that a client is told about. Every code has one HTTP status; `message` is safe to show to an end user,
 * `detail` is for the log alone. Trouble the model should mend is a failed result (chat/types.ts), and anything that
 * is not an AppError is a bug: logged with its request id, answered as `internal`.
 */
export const ERROR_STATUS = {
  bad_frame: 400,
  unknown_type: 400,
  bad_request: 400,
  message_too_long: 413,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  session_not_found: 404,
  approval_not_found: 404,
  rate_limited: 429,
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
  lease_lost: 409,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface AppErrorFields {
  /** For the log: what happened upstream, never shown to an end user. */
  detail?: string;
  /** May the same request succeed when sent again? */
  retryable?: boolean;
  /** How long to wait before that, in milliseconds. */
  retryAfterMs?: number;
  cause?: unknown;
}

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, fields: AppErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = code;
    this.detail = fields.detail;
    this.retryable = fields.retryable ?? false;
    this.retryAfterMs = fields.retryAfterMs;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** A mistake of ours, in words for a person; what happened is in its `detail`, for the log. */
export function toInternalError(cause: unknown): AppError {
  return new AppError("internal", "Something went wrong on our side. Please try again.", {
    cause,
    detail: detailOf(cause),
  });
}

/** Where it was thrown, or whatever was. */
export function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What keeps the program from doing what it was started for: one line for the person at the terminal, no stack trace. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}

/** A document that cannot be read. `message` is one line for the operator: what, where, what is wrong, what to do. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  readonly source: string;

  constructor(source: string, problem: string) {
    super(`${source}: ${problem.replace(/\s*\n\s*/g, " ").trim()}`);
    this.source = source;
  }
}
