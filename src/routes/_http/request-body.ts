/** Reads the body of a request within its limit, as long as bytes arrive. */
import type { Config } from "../../config/settings.ts";
import { AppError } from "../../errors.ts";
import { type ClientText, MAX_SHORT_JSON, readLongJson } from "../../protocols/shared/long-json.ts";

/** Bytes of a body without messages and files, and those that field names and options add to a message. */
export const BODY_OVERHEAD = 100_000;
/** Milliseconds without a byte. */
const IDLE_MS = 30_000;
/** Milliseconds that an upload may take in total. */
const TOTAL_MS = 600_000;

/**
 * Returns the body, which is JSON. A slow upload goes on as long as bytes arrive.
 * @param caller whose long bodies wait for each other.
 * @throws AppError `message_too_long` beyond `maxBytes`, `bad_request` with status 408 when no bytes arrive.
 */
export async function readBody(request: Request, maxBytes: number, caller: string): Promise<ClientText> {
  if (!request.body) return "";
  if (Number(request.headers.get("content-length")) > maxBytes) {
    await request.body.cancel();
    throw bodyTooLarge(maxBytes);
  }
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = request.body.getReader();
  let timedOut = false;
  const expire = () => {
    timedOut = true;
    void reader.cancel().catch(() => undefined);
  };
  const idle = setTimeout(expire, IDLE_MS);
  const total = setTimeout(expire, TOTAL_MS);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      idle.refresh();
      bytes += next.value.length;
      if (bytes > maxBytes) {
        await reader.cancel();
        throw bodyTooLarge(maxBytes);
      }
      chunks.push(ownBytes(next.value));
    }
    if (timedOut) throw new AppError("bad_request", "The body did not arrive in time.", { status: 408 });
  } catch (error) {
    if (error instanceof AppError || !request.signal.aborted) throw error;
    throw new AppError("cancelled", "The client closed the request.");
  } finally {
    clearTimeout(idle);
    clearTimeout(total);
  }
  return bytes > MAX_SHORT_JSON
    ? await readLongJson(chunks, caller)
    : new TextDecoder().decode(Buffer.concat(chunks));
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
