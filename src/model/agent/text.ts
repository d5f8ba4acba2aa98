/** Decodes the text of an agent's chunks. */
import { isRecord } from "../bedrock/calls.ts";

/**
 * Decodes chunks of UTF-8 text, which may split a character. A chunk that is a complete JSON object with a string
 * `outputText` yields that string (src/protocols/bedrock-agent/PROTOCOL.md).
 */
export class ChunkTextDecoder {
  readonly #decoder = new TextDecoder();

  decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    return text.startsWith("{") ? (parseOutputText(text) ?? text) : text;
  }

  /** Returns the replacement for an incomplete character at the end of the stream, or an empty string. */
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
