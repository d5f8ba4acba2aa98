/** An agent's failures: for the client of contract 001 in AWS's own words, without what only the operator should know. */
import { AppError } from "../../errors.ts";
import { toUpstreamError, UpstreamError } from "../bedrock/upstream.ts";

/** What the SDK's decoder says of a stream that was cut off or damaged: it has no type for it. */
const DAMAGED_STREAM = /^(Truncated event message|The (message|prelude) checksum)/;

/** AWS's code and message of an error that an agent's `invoke` threw; undefined when AWS said nothing. */
export function readAwsError(
  error: unknown,
): { readonly code: string; readonly message: string } | undefined {
  const cause = error instanceof AppError ? error.cause : error;
  if (!(cause instanceof UpstreamError) || !/Exception$/.test(cause.type)) return undefined;
  return { code: cause.type, message: redactIds(cause.message) };
}

/** What was thrown while an answer was read. */
export function toStreamError(error: unknown): unknown {
  if (error instanceof Error && DAMAGED_STREAM.test(error.message))
    return new UpstreamError("StreamDamagedError", error.message, { cause: error });
  const upstream = toUpstreamError(error);
  if (upstream?.type === "ConnectionError")
    return new UpstreamError("StreamResetError", upstream.message, { cause: error });
  // An exception within the stream has no status of its own.
  if (!upstream && error instanceof Error && /Exception$/.test(error.name))
    return new UpstreamError(error.name, error.message, { cause: error });
  return upstream ?? error;
}

function redactIds(text: string): string {
  return text
    .replace(/arn:aws[\w-]*:[\w-]*:[\w-]*:\d*:[^\s,)]*/g, "(an ARN)")
    .replace(/\b\d{12}\b/g, "(an account)");
}
