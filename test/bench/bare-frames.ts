/** The least that reading an event stream takes: lengths, both checksums, JSON. What every figure of decoding is measured by. */
import { crc32 } from "node:zlib";

const text = new TextDecoder();

/** @returns the bytes of a frame that is not complete yet. */
export function parseBareFrames(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (bytes.length - at >= 12) {
    const length = view.getUint32(at);
    const headers = view.getUint32(at + 4);
    if (bytes.length - at < length) break;
    if (crc32(bytes.subarray(at, at + 8)) !== view.getUint32(at + 8)) throw new Error("prelude");
    if (crc32(bytes.subarray(at, at + length - 4)) !== view.getUint32(at + length - 4))
      throw new Error("message");
    JSON.parse(text.decode(bytes.subarray(at + 12 + headers, at + length - 4)));
    at += length;
  }
  return bytes.subarray(at);
}
