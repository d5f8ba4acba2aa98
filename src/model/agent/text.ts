/** The text of an agent's chunks. */
import { isRecord } from "../bedrock/calls.ts";

/**
 * Chunks are the answer's UTF-8, cut anywhere, also within a character. Only a whole chunk that is an object with a text
 * `outputText` is taken for that text: contract 001, 1.4 a.
 */
export class ChunkTextDecoder {
  readonly #decoder = new TextDecoder();

  decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    return text.startsWith("{") ? (parseOutputText(text) ?? text) : text;
  }

  /** What was left of a character that never came whole. */
  end(): string {
    return this.#decoder.decode();
  }
}

function parseOutputText(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value.outputText === "string" ? value.outputText : undefined;
  } catch {
    return undefined;
  }
}
