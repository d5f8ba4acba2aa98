/** Bedrock's event stream, bytes to model events. Baseline: a bare frame parser that checks both CRCs, on the same bytes. */
import { crc32 } from "node:zlib";
import { StreamDecoder } from "../../src/model/bedrock/decode.ts";
import { eventFrame } from "../bedrock/frames.ts";
import { type Figure, fastest } from "./figure.ts";

const EVENTS = 50_000;

export async function decoding(): Promise<readonly Figure[]> {
  const frames = Array.from({ length: EVENTS }, (_, index) =>
    eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: `word ${index % 1000} ` } }),
  );
  const figures: Figure[] = [];
  for (const perWrite of [1, 50]) {
    const writes = Array.from(
      { length: EVENTS / perWrite },
      (_, index) => new Uint8Array(Buffer.concat(frames.slice(index * perWrite, (index + 1) * perWrite))),
    );
    const bare = await fastest(7, () => {
      for (const write of writes) bareParse(write);
    });
    const ours = await fastest(7, () => {
      const decoder = new StreamDecoder();
      for (const write of writes) decoder.read(write);
    });
    figures.push({
      name: `decoding a delta, ${perWrite} a write`,
      value: `${((ours / EVENTS) * 1000).toFixed(2)} µs`,
      ratio: { of: ours / bare, to: "a bare frame parser", target: 2 },
    });
  }
  return figures;
}

const text = new TextDecoder();

/** Lengths, checksums, header names, JSON: what no decoder can leave out. */
function bareParse(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let last: unknown;
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at);
    const headers = view.getUint32(at + 4);
    if (crc32(bytes.subarray(at, at + 8)) !== view.getUint32(at + 8)) throw new Error("prelude");
    if (crc32(bytes.subarray(at, at + length - 4)) !== view.getUint32(at + length - 4))
      throw new Error("message");
    last = JSON.parse(text.decode(bytes.subarray(at + 12 + headers, at + length - 4)));
    at += length;
  }
  return last;
}
