/** Reads the body of a request within its limit, as long as bytes arrive. */
import type { Config } from "../../config/settings.ts";
import { AppError } from "../../errors.ts";
import { type ClientText, MAX_SHORT_JSON, readLongJson } from "../../protocols/shared/long-json.ts";
import type { Uploads } from "./uploads.ts";

/** Bytes of a body without messages and files, and those that field names and options add to a message. */
export const BODY_OVERHEAD = 100_000;
/** Milliseconds without a byte. */
const IDLE_MS = 30_000;
/** Milliseconds that an upload may take in total. */
const TOTAL_MS = 600_000;

/** Bytes of a small part of a body. Each part takes time and memory, however small it is. */
const SMALL_CHUNK = 256;
/** Small parts of a body, beyond one for each {@link SMALL_CHUNK} bytes. */
const MAX_SMALL_CHUNKS = 10_000;

/** Whose body it is, and where it takes room. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** Whose long bodies wait for each other. */
  readonly caller: string;
  readonly uploads: Uploads;
}

/**
 * Returns the body, which is JSON. A slow upload goes on as long as bytes arrive.
 * @throws AppError `message_too_long` beyond `maxBytes`, `bad_request` with status 408 when no bytes arrive, `rate_limited` when too
 * many bodies arrive.
 */
export async function readBody(
  request: Request,
  { maxBytes, caller, uploads }: BodyLimits,
): Promise<ClientText> {
  if (!request.body) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = request.body.getReader();
  let failure: AppError | undefined;
  /** Ends the read that waits. */
  const fail = (error: AppError) => {
    failure ??= error;
    void reader.cancel().catch(() => undefined);
  };
  const expire = () => fail(new AppError("bad_request", "The body did not arrive in time.", { status: 408 }));
  const upload = uploads.begin(caller, fail);
  const idle = setTimeout(expire, IDLE_MS);
  const total = setTimeout(expire, TOTAL_MS);
  const reserve = (bytes: number) => {
    if (bytes > maxBytes) throw bodyTooLarge(maxBytes);
    upload.reserve(bytes);
  };
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    reserve(Number(request.headers.get("content-length")) || 0);
    for (let next = await reader.read(); !next.done && !failure; next = await reader.read()) {
      idle.refresh();
      bytes += next.value.length;
      reserve(bytes);
      chunks.push(ownBytes(next.value));
      if (chunks.length > MAX_SMALL_CHUNKS + bytes / SMALL_CHUNK)
        throw new AppError("bad_request", "The body arrives in too many small parts. Send longer ones.");
    }
    if (failure) throw failure;
    upload.complete();
    return bytes > MAX_SHORT_JSON
      ? await readLongJson(chunks, caller)
      : new TextDecoder().decode(Buffer.concat(chunks));
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    if (error instanceof AppError || !request.signal.aborted) throw error;
    throw new AppError("cancelled", "The client closed the request.");
  } finally {
    clearTimeout(idle);
    clearTimeout(total);
    upload.end();
  }
}

/** Returns bytes whose buffer has nothing else, so that it can be handed over. */
function ownBytes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
}

/** Returns a function that returns the text at its first call. */
export function takeOnce(text: ClientText): () => ClientText {
  let remaining = text;
  return () => {
    const taken = remaining;
    remaining = "";
    return taken;
  };
}

function bodyTooLarge(maxBytes: number): AppError {
  return new AppError("message_too_long", `The body may have ${maxBytes} bytes.`);
}

/** JSON writes a character with at most six bytes: `\\u00e9`. */
const MAX_BYTES_PER_CHARACTER = 6;
/** Base64 takes a third more than the bytes of a file. */
const BASE64_RATIO = 1.4;

/** Returns the bytes that a message without files takes at most. */
export function maxMessageBytes({ maxInputSize }: Pick<Config, "maxInputSize">): number {
  return maxInputSize * MAX_BYTES_PER_CHARACTER + BODY_OVERHEAD;
}

/** Returns the bytes that a message with files takes at most, or a history that a client sends. */
export function maxHistoryBytes(config: Pick<Config, "maxInputSize" | "maxAttachmentsSize">): number {
  return maxMessageBytes(config) + Math.ceil(config.maxAttachmentsSize * BASE64_RATIO);
}
