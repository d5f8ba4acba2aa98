/** Caches files in base64 for the next round. Evicts the least recently used beyond `maxBytes`. */
import { setImmediate } from "node:timers/promises";

/** Bytes of a file that are encoded before others are served: whole groups of three. */
const SLICE = 196_608;

export class Base64Cache {
  readonly #encoded = new Map<Uint8Array, Uint8Array>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the base64 text as ASCII bytes. */
  async encode(bytes: Uint8Array): Promise<Uint8Array> {
    const encoded = this.#encoded.get(bytes) ?? (await encode(bytes));
    const earlier = this.#encoded.get(bytes);
    if (earlier && this.#encoded.delete(bytes)) this.#bytes -= earlier.length;
    // Deleted and added again, so that the map is ordered by use.
    this.#encoded.set(bytes, encoded);
    this.#bytes += encoded.length;
    for (const [oldest, { length }] of this.#encoded) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#encoded.delete(oldest);
      this.#bytes -= length;
    }
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
