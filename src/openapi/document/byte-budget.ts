/** Reads texts within one limit for a document and everything it refers to. */
import { DocumentError } from "../../errors.ts";

/** The number of bytes that may still be read. Shared by all documents of one description. */
export interface ByteBudget {
  readonly limit: number;
  remaining: number;
}

/**
 * Reads the text of a file. A file of known size is read at once, which takes half the time; pipes and devices are
 * streamed.
 * @throws DocumentError when the file exceeds the budget.
 */
export async function readFileText(file: Blob, source: string, budget: ByteBudget): Promise<string> {
  if (file.size > budget.remaining) throw tooLargeError(source, budget);
  if (file.size === 0) return readText(file.stream(), source, budget);
  budget.remaining -= file.size;
  return decode(await file.bytes());
}

/**
 * Reads a text from a byte stream: UTF-8, or UTF-16 with a byte order mark.
 * @throws DocumentError as soon as the stream exceeds the budget.
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
  return decode(await new Blob(buffers).bytes());
}

function tooLargeError(source: string, { limit }: ByteBudget): DocumentError {
  const size = limit >= MEGABYTE ? `${Math.floor(limit / MEGABYTE)} MB` : `${limit} bytes`;
  return new DocumentError(source, `is too large: the document and its references exceed ${size}`);
}

const MEGABYTE = 1024 * 1024;

/** Decodes the bytes of a document. Faster than `Blob.text()` with characters outside of ASCII. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder(detectUtf16(bytes) ?? "utf-8").decode(bytes);
}

/** Returns the encoding that a UTF-16 byte order mark declares, or undefined without one. */
function detectUtf16([first, second]: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return undefined;
}
