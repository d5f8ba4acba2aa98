/** Bytes in base64, kept for the next round: the newest, as long as all have room together. */
export class Base64Cache {
  readonly #encoded = new Map<Uint8Array, Uint8Array>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** ASCII. */
  encode(bytes: Uint8Array): Uint8Array {
    const encoded = this.#encoded.get(bytes) ?? encode(bytes);
    if (this.#encoded.delete(bytes)) this.#bytes -= encoded.length;
    // Again at the end: the one used last goes last.
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
