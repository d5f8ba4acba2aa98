/** Reads documents within one limit for a document and everything it refers to. */
import { DocumentError } from "../../errors.ts";

/** The number of bytes that may still be read. Shared by all documents of one description. */
export interface ByteBudget {
  readonly limit: number;
  remaining: number;
}

/**
 * Reads a file. A file of known size is read at once, which takes half the time; pipes and devices are streamed.
 * @throws DocumentError when the file exceeds the budget.
 */
export async function readFileBytes(
  file: Blob,
  source: string,
  budget: ByteBudget,
): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > budget.remaining) throw tooLargeError(source, budget);
  if (file.size === 0) return readBytes(file.stream(), source, budget);
  budget.remaining -= file.size;
  return file.bytes();
}

/**
 * Reads a byte stream.
 * @throws DocumentError as soon as the stream exceeds the budget.
 */
export async function readBytes(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
  budget: ByteBudget,
): Promise<Uint8Array<ArrayBuffer>> {
  const buffers: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) {
    budget.remaining -= chunk.byteLength;
    if (budget.remaining < 0) throw tooLargeError(source, budget);
    buffers.push(new Uint8Array(chunk));
  }
  return new Blob(buffers).bytes();
}

function tooLargeError(source: string, { limit }: ByteBudget): DocumentError {
  const size = limit >= MEGABYTE ? `${Math.floor(limit / MEGABYTE)} MB` : `${limit} bytes`;
  return new DocumentError(source, `is too large: the document and its references exceed ${size}`);
}

const MEGABYTE = 1024 * 1024;

/** Decodes a document: UTF-8, or UTF-16 with a byte order mark. With some characters, `Blob.text()` takes twice the time. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(detectUtf16(bytes) ?? "utf-8").decode(bytes);
}

/** Returns the encoding that a UTF-16 byte order mark declares, or undefined without one. */
function detectUtf16([first, second]: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return undefined;
}
