/** Hashes the body of a request for its signature. */
import { setImmediate } from "node:timers/promises";

/** Bytes that are hashed before others are served. */
const SLICE = 262_144;

/** Returns the SHA-256 of a body as hexadecimal digits. */
export function hashPayload(body: Uint8Array): string | Promise<string> {
  return body.length > SLICE ? hashSlices(body) : new Bun.CryptoHasher("sha256").update(body).digest("hex");
}

async function hashSlices(body: Uint8Array): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for (let start = 0; start < body.length; start += SLICE) {
    hash.update(body.subarray(start, start + SLICE));
    await setImmediate();
  }
  return hash.digest("hex");
}
