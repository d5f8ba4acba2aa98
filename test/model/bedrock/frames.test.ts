import { expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { FrameError, FrameReader } from "../../../src/model/bedrock/frames.ts";
import { encodeFrame, eventFrame, exceptionFrame } from "../../bedrock/frames.ts";

const decoder = new TextDecoder();
const frames = [
  eventFrame("messageStart", { role: "assistant" }),
  eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Grüße 🌍" } }),
  exceptionFrame("throttlingException", { message: "no" }),
  encodeFrame(
    { ":message-type": "error", ":error-code": "InternalError", ":error-message": "x" },
    new Uint8Array(0),
  ),
];
const bytes = new Uint8Array(Buffer.concat(frames));

function read(chunks: readonly Uint8Array[]) {
  const reader = new FrameReader();
  const found = chunks.flatMap((chunk) =>
    reader.read(chunk).map(({ type, kind, payload }) => ({ type, kind, payload: decoder.decode(payload) })),
  );
  reader.end();
  return found;
}

test("`FrameReader` reads type, kind and payload of each frame", () => {
  expect(read([bytes]).map(({ type, kind }) => [type, kind])).toEqual([
    ["event", "messageStart"],
    ["event", "contentBlockDelta"],
    ["exception", "throttlingException"],
    ["error", "InternalError"],
  ]);
  expect(JSON.parse(read([bytes])[1]?.payload ?? "")).toMatchObject({ delta: { text: "Grüße 🌍" } });
});

test("frames do not depend on how the bytes are chunked", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      expect(read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual(read([bytes]));
    }),
  );
});

test("a flipped bit is detected anywhere in a frame", () => {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
      expect(() => read([damaged])).toThrow(FrameError);
    }),
  );
});

test("bytes that are not frames throw an error instead of waiting for more", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 200 }), (noise) => {
      expect(() => read([noise])).toThrow(FrameError);
    }),
  );
});

test("a stream that ends inside a frame throws an error", () => {
  expect(() => read([bytes.subarray(0, bytes.length - 3)])).toThrow(
    "The stream ended in the middle of an event.",
  );
});

test("a frame with valid checksums and arbitrary headers is read, or throws a FrameError", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1, 2, 7, 11, 13, 255), { maxLength: 24 }),
      fc.nat(30),
      (headers, claimed) => {
        const frame = new Uint8Array(16 + headers.length);
        const view = new DataView(frame.buffer);
        view.setUint32(0, frame.length);
        view.setUint32(4, Math.min(claimed, headers.length));
        view.setUint32(8, crc32(frame.subarray(0, 8)));
        frame.set(headers, 12);
        view.setUint32(frame.length - 4, crc32(frame.subarray(0, -4)));
        try {
          read([frame]);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

test("an impossible frame length throws an error before the frame is complete", () => {
  const prelude = new Uint8Array(12);
  const view = new DataView(prelude.buffer);
  for (const length of [0, 15, 0x7fff_ffff, 0xffff_ffff]) {
    view.setUint32(0, length);
    view.setUint32(8, crc32(prelude.subarray(0, 8)));
    expect(() => new FrameReader().read(prelude)).toThrow("Invalid event length");
  }
});
