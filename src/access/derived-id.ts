/** Derives a UUID from parts: RFC 9562, section 5.8. The same parts give the same id; it is unguessable if a part is secret. */
export function deriveId(parts: readonly string[]): string {
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify(parts)).digest("hex");
  const variant = ((Number.parseInt(hash[16] ?? "0", 16) & 3) | 8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}
