/** A minimal event-stream parser: lengths, both checksums, JSON. It is the baseline of the decoding benchmarks. */
import { crc32 } from "node:zlib";

const text = new TextDecoder();

// biome-ignore lint/suspicious/noExplicitAny: any event of Bedrock, which a baseline does not check.
type AnyEvent = any;

/** Reads frames from pieces of a stream. */
export class BareFrameReader {
  #rest: Uint8Array = new Uint8Array(0);

  /** Returns the events that the bytes complete. */
  read(bytes: Uint8Array): readonly AnyEvent[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const events: AnyEvent[] = [];
    this.#rest = parseBareFrames(all, (event) => events.push(event));
    return events;
  }
}

/** Parses all complete frames and returns the bytes of the incomplete last one. */
export function parseBareFrames(
  bytes: Uint8Array,
  receive: (event: AnyEvent) => void = () => {},
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  while (bytes.length - offset >= 12) {
    const length = view.getUint32(offset);
    const headers = view.getUint32(offset + 4);
    if (bytes.length - offset < length) break;
    if (crc32(bytes.subarray(offset, offset + 8)) !== view.getUint32(offset + 8))
      throw new Error("wrong checksum of the prelude");
    if (crc32(bytes.subarray(offset, offset + length - 4)) !== view.getUint32(offset + length - 4))
      throw new Error("wrong checksum of the message");
    receive(JSON.parse(text.decode(bytes.subarray(offset + 12 + headers, offset + length - 4))));
    offset += length;
  }
  return bytes.subarray(offset);
}
