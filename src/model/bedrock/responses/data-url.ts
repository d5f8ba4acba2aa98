/** Files as data URLs. A file is encoded once for all rounds and turns that send it. */
const cache = new WeakMap<Uint8Array, string>();

export function toDataUrl(mediaType: string, bytes: Uint8Array): string {
  return cache.getOrInsertComputed(
    bytes,
    () =>
      `data:${mediaType};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64")}`,
  );
}
