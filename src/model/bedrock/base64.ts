/** Encodes files in base64, and keeps the texts for the next round. */
import { setImmediate } from "node:timers/promises";
import { FileTexts } from "./file-texts.ts";

/** Bytes of a file that are encoded before others are served: whole groups of three. */
const SLICE = 196_608;

export class Base64Cache {
  readonly #texts: FileTexts<Uint8Array>;

  /** @param maxBytes of all texts together. */
  constructor(maxBytes: number) {
    this.#texts = new FileTexts(maxBytes);
  }

  /** Returns the base64 text as ASCII bytes. */
  async encode(file: Uint8Array): Promise<Uint8Array> {
    const kept = this.#texts.get(file);
    if (kept) return kept;
    const encoded = await encode(file);
    this.#texts.set(file, encoded);
    return encoded;
  }
}

async function encode({ buffer, byteOffset, length }: Uint8Array): Promise<Uint8Array> {
  const bytes = Buffer.from(buffer, byteOffset, length);
  const encoded = Buffer.allocUnsafeSlow(Math.ceil(length / 3) * 4);
  for (let start = 0, end = 0; start < length; start += SLICE) {
    if (start > 0) await setImmediate();
    end += encoded.write(bytes.toString("base64", start, start + SLICE), end, "latin1");
  }
  return encoded;
}
