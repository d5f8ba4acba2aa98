import { expect, test } from "bun:test";
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

test("a frame has its type, its kind and its payload", () => {
  expect(read([bytes]).map(({ type, kind }) => [type, kind])).toEqual([
    ["event", "messageStart"],
    ["event", "contentBlockDelta"],
    ["exception", "throttlingException"],
    ["error", "InternalError"],
  ]);
  expect(JSON.parse(read([bytes])[1]?.payload ?? "")).toMatchObject({ delta: { text: "Grüße 🌍" } });
});

test("frames are the same however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      expect(read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual(read([bytes]));
    }),
  );
});

test("a flipped bit is noticed wherever it is", () => {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
      expect(() => read([damaged])).toThrow(FrameError);
    }),
  );
});

test("bytes that are no frames at all end in an error, never in a long wait for more", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 200 }), (noise) => {
      expect(() => read([noise])).toThrow(FrameError);
    }),
  );
});

test("a stream that ends within a frame is noticed", () => {
  expect(() => read([bytes.subarray(0, bytes.length - 3)])).toThrow(
    "The stream ended in the middle of an event.",
  );
});
