/** Creates an error response: the body is the protocol's own, the `Retry-After` header is common to all. */
import type { AppError } from "../../errors.ts";

export function errorResponse(
  { retryAfterMs, status: defaultStatus }: AppError,
  body: object,
  status: number = defaultStatus,
): Response {
  const headers: Record<string, string> =
    retryAfterMs === undefined ? {} : { "Retry-After": `${Math.ceil(retryAfterMs / 1000)}` };
  return Response.json(body, { status, headers });
}
