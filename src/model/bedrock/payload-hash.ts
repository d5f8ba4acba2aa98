/** The SHA-256 of requests, for their signatures. A long body is hashed in slices, between which others are served. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { setImmediate } from "node:timers/promises";

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** Bytes of a slice. */
const SLICE = 262_144;

/** The hash constructor of the SDK's clients. */
export class PayloadHash {
  readonly #secret: SourceData | undefined;
  #hash: Hash | Hmac;
  #chunks: Uint8Array[] = [];

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = createSha256(secret);
  }

  update(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  async digest(): Promise<Uint8Array> {
    for (const chunk of this.#chunks)
      for (let start = 0; start < chunk.length; start += SLICE) {
        if (start > 0) await setImmediate();
        this.#hash.update(chunk.subarray(start, start + SLICE));
      }
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = createSha256(this.#secret);
    this.#chunks = [];
  }
}

function createSha256(secret: SourceData | undefined): Hash | Hmac {
  if (secret === undefined) return createHash("sha256");
  const key =
    typeof secret === "string"
      ? secret
      : ArrayBuffer.isView(secret)
        ? toBytes(secret)
        : new Uint8Array(secret);
  return createHmac("sha256", key);
}

function toBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
