/** The error responses of the shop. */
import type { z } from "zod";

/** An invalid field. `field` is the name of a parameter or a path in the body: `items.0.quantity`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** The titles of the error statuses. */
const TITLES = {
  400: "Bad request",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  415: "Unsupported media type",
  422: "Invalid request",
  503: "Temporarily unavailable",
} as const;

export type ProblemStatus = keyof typeof TITLES;

/** A rejected request. The response has problem details: RFC 9457. */
export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ProblemStatus,
    detail: string,
    more: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }

  toResponse(): Response {
    const body = {
      type: "about:blank",
      title: TITLES[this.status],
      status: this.status,
      detail: this.message,
      ...(this.errors.length > 0 ? { errors: this.errors } : {}),
    };
    const headers = { ...this.headers, "content-type": "application/problem+json" };
    return Response.json(body, { status: this.status, headers });
  }
}

export function createNotFoundProblem(recordName: string, id: number): Problem {
  return new Problem(404, `There is no ${recordName} ${id}.`);
}

export function toFieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.map((issue) => ({
    field: issue.path.length > 0 ? issue.path.join(".") : "(body)",
    message: issue.message,
  }));
}
