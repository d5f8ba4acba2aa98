/** Decodes Bedrock's event stream into model events. Baseline: a bare frame parser on the same bytes. */
import { StreamDecoder } from "../../src/model/bedrock/decode.ts";
import { eventFrame } from "../bedrock/frames.ts";
import { parseBareFrames } from "./bare-frames.ts";
import { type Measurement, measureFastest } from "./measurement.ts";

const EVENTS = 50_000;

export async function decoding(): Promise<readonly Measurement[]> {
  const frames = Array.from({ length: EVENTS }, (_, index) =>
    eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: `word ${index % 1000} ` } }),
  );
  const measurements: Measurement[] = [];
  for (const perWrite of [1, 50]) {
    const writes = Array.from(
      { length: EVENTS / perWrite },
      (_, index) => new Uint8Array(Buffer.concat(frames.slice(index * perWrite, (index + 1) * perWrite))),
    );
    const bare = await measureFastest(7, () => {
      for (const write of writes) parseBareFrames(write);
    });
    const specchat = await measureFastest(7, () => {
      const decoder = new StreamDecoder();
      for (const write of writes) decoder.read(write);
    });
    measurements.push({
      name: `decode a delta, ${perWrite} per write`,
      value: `${((specchat / EVENTS) * 1000).toFixed(2)} µs`,
      ratio: { of: specchat / bare, to: "a bare frame parser", target: 2 },
    });
  }
  return measurements;
}
