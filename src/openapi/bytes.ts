import { DocumentError } from "./document-error.ts";

/** How many bytes may still be read: one budget for a document and everything it refers to. */
export interface ByteBudget {
  readonly limit: number;
  left: number;
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
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) {
    budget.left -= chunk.byteLength;
    if (budget.left < 0) {
      const limit = Math.floor(budget.limit / (1024 * 1024));
      throw new DocumentError(source, `is too large: with what it refers to it exceeds ${limit} MB`);
    }
    read.push(chunk);
  }
  return decode(Buffer.concat(read));
}

function decode(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
