/** Translates agent failures; keeps AWS's code and message for bedrock-agent clients, without ARNs and account ids. */
import { AppError } from "../../errors.ts";
import { toUpstreamError, UpstreamError } from "../bedrock/upstream.ts";

/** Messages of the SDK's decoder for a truncated or damaged stream; these errors have no type of their own. */
const DAMAGED_STREAM = /^(Truncated event message|The (message|prelude) checksum)/;

/** Returns AWS's code and message of an error thrown by `invoke`; undefined when the error is not from AWS. */
export function readAwsError(
  error: unknown,
): { readonly code: string; readonly message: string } | undefined {
  const cause = error instanceof AppError ? error.cause : error;
  if (!(cause instanceof UpstreamError) || !/Exception$/.test(cause.type)) return undefined;
  return { code: cause.type, message: redactIds(cause.message) };
}

/** Translates an error thrown while a response was read. */
export function toStreamError(error: unknown): unknown {
  if (error instanceof Error && DAMAGED_STREAM.test(error.message))
    return new UpstreamError("StreamDamagedError", error.message, { cause: error });
  const upstream = toUpstreamError(error);
  if (upstream?.type === "ConnectionError")
    return new UpstreamError("StreamResetError", upstream.message, { cause: error });
  // An exception inside the stream has no HTTP status.
  if (!upstream && error instanceof Error && /Exception$/.test(error.name))
    return new UpstreamError(error.name, error.message, { cause: error });
  return upstream ?? error;
}

function redactIds(text: string): string {
  return text
    .replace(/arn:aws[\w-]*:[\w-]*:[\w-]*:\d*:[^\s,)]*/g, "(an ARN)")
    .replace(/\b\d{12}\b/g, "(an account)");
}
