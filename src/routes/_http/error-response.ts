/** Creates an error response: the body is the protocol's own, the headers `Retry-After` and `x-should-retry` are common to all. */
import type { AppError } from "../../errors.ts";

export function errorResponse(
  { retryAfterMs, retryable, status: defaultStatus }: AppError,
  body: object,
  status: number = defaultStatus,
): Response {
  const headers: Record<string, string> = {
    // Clients of OpenAI and Anthropic retry by status unless this header forbids it. They do not wait for longer than a minute.
    ...((!retryable || (retryAfterMs ?? 0) > 60_000) && { "x-should-retry": "false" }),
    ...(retryAfterMs !== undefined && { "Retry-After": `${Math.ceil(retryAfterMs / 1000)}` }),
  };
  return Response.json(body, { status, headers });
}
