import { DocumentError } from "../../errors.ts";

/** How many bytes may still be read: one budget for a document and everything it refers to. */
export interface ByteBudget {
  readonly limit: number;
  remaining: number;
}

/**
 * The text of a file. One of a known size is read in one go, which takes half the time; a pipe or device has none.
 * @throws DocumentError when the budget does not suffice.
 */
export async function readFileText(file: Blob, source: string, budget: ByteBudget): Promise<string> {
  if (file.size > budget.remaining) throw tooLargeError(source, budget);
  if (file.size === 0) return readText(file.stream(), source, budget);
  budget.remaining -= file.size;
  const text = await file.text();
  // What a UTF-16 byte order mark becomes when read as UTF-8.
  if (!text.startsWith("\ufffd\ufffd")) return text;
  return decode(new Blob([await file.bytes()]), await file.slice(0, 2).bytes());
}

/**
 * The text of a stream of bytes: UTF-8, or UTF-16 when a byte order mark says so.
 * @throws DocumentError as soon as the budget is spent, without reading on.
 */
export async function readText(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
  budget: ByteBudget,
): Promise<string> {
  const buffers: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) {
    budget.remaining -= chunk.byteLength;
    if (budget.remaining < 0) throw tooLargeError(source, budget);
    buffers.push(new Uint8Array(chunk));
  }
  return decode(new Blob(buffers), buffers[0]);
}

function tooLargeError(source: string, { limit }: ByteBudget): DocumentError {
  const size = limit >= MEGABYTE ? `${Math.floor(limit / MEGABYTE)} MB` : `${limit} bytes`;
  return new DocumentError(source, `is too large: with what it refers to it exceeds ${size}`);
}

const MEGABYTE = 1024 * 1024;

async function decode(bytes: Blob, start: Uint8Array | undefined): Promise<string> {
  const encoding = detectUtf16(start);
  return encoding === undefined ? bytes.text() : new TextDecoder(encoding).decode(await bytes.bytes());
}

/** What a byte order mark says, when it is not UTF-8. */
function detectUtf16(start: Uint8Array | undefined): "utf-16le" | "utf-16be" | undefined {
  if (start?.[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start?.[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  return undefined;
}
