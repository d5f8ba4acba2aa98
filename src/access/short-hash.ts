/** Stands for a text that proves who somebody is, or that is theirs, wherever it is kept or logged. */
export function hashShort(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 32);
}
