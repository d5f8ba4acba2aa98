/** Hashes the body of a request for its signature. */

/** Returns the SHA-256 of a body as hexadecimal digits. */
export function hashPayload(body: Uint8Array): string | Promise<string> {
  return new Bun.CryptoHasher("sha256").update(body).digest("hex");
}
