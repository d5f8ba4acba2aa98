/** Hashes a secret or personal text, so that its hash can be stored and logged. Returns 32 hexadecimal digits. */
export function hashShort(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 32);
}
