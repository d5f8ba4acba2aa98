/** Caches files in base64 for the next round. Evicts the least recently used beyond `maxBytes`. */
export class Base64Cache {
  readonly #encoded = new Map<Uint8Array, Uint8Array>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the base64 text as ASCII bytes. */
  encode(bytes: Uint8Array): Uint8Array {
    const encoded = this.#encoded.get(bytes) ?? encode(bytes);
    if (this.#encoded.delete(bytes)) this.#bytes -= encoded.length;
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

function encode(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"), "latin1");
}
