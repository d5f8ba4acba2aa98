/** Reads the body of a request within its limit, as long as bytes arrive. */
import type { Config } from "../../config/settings.ts";
import { AppError } from "../../errors.ts";

/** Bytes of a body without messages and files, and those that field names and options add to a message. */
export const BODY_OVERHEAD = 100_000;
/** Bytes after which other requests go first: reading and parsing a long body takes milliseconds. */
const LONG_BODY = 500_000;
/** Milliseconds without a byte. */
const IDLE_MS = 30_000;
/** Milliseconds that an upload may take in total. */
const TOTAL_MS = 600_000;

/**
 * Returns the body as text. A slow upload goes on as long as bytes arrive.
 * @throws AppError `message_too_long` beyond `maxBytes`, `bad_request` with status 408 when no bytes arrive.
 */
export async function readBody(request: Request, maxBytes: number): Promise<string> {
  if (!request.body) return "";
  if (Number(request.headers.get("content-length")) > maxBytes) {
    await request.body.cancel();
    throw bodyTooLarge(maxBytes);
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  let timedOut = false;
  const expire = () => {
    timedOut = true;
    void reader.cancel().catch(() => undefined);
  };
  const idle = setTimeout(expire, IDLE_MS);
  const total = setTimeout(expire, TOTAL_MS);
  try {
    const decoder = new TextDecoder();
    const texts: string[] = [];
    let bytes = 0;
    let pauseAt = LONG_BODY;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      idle.refresh();
      bytes += next.value.length;
      if (bytes > maxBytes) {
        await reader.cancel();
        throw bodyTooLarge(maxBytes);
      }
      // Decoded as it arrives, so that a long body does not hold others up at its end.
      texts.push(decoder.decode(next.value, { stream: true }));
      if (bytes > pauseAt) {
        pauseAt = bytes + LONG_BODY;
        await yieldToOthers();
      }
    }
    if (timedOut) throw new AppError("bad_request", "The body did not arrive in time.", { status: 408 });
    const text = texts.join("") + decoder.decode();
    if (bytes > LONG_BODY) await yieldToOthers();
    return text;
  } catch (error) {
    if (error instanceof AppError || !request.signal.aborted) throw error;
    throw new AppError("cancelled", "The client closed the request.");
  } finally {
    clearTimeout(idle);
    clearTimeout(total);
  }
}

function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Returns a function that returns the text at its first call. */
export function takeOnce(text: string): () => string {
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
