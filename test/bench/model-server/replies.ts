/** The replies of the stand-in, as frames of Bedrock's event stream. */
import { eventFrame } from "../../bedrock/frames.ts";
import { readClock } from "../harness/clock.ts";

const START = eventFrame("messageStart", { role: "assistant" });

/** A delta with the time at which it is made, so that its delay can be measured where it arrives. */
export function createStampedDelta(): Uint8Array {
  return eventFrame("contentBlockDelta", {
    contentBlockIndex: 0,
    delta: { text: `word @${readClock().toFixed(3)} ` },
  });
}

export function createEnd(stopReason: string): Uint8Array {
  return Buffer.concat([
    eventFrame("contentBlockStop", { contentBlockIndex: 0 }),
    eventFrame("messageStop", { stopReason }),
    eventFrame("metadata", {
      usage: { inputTokens: 1, outputTokens: 20, totalTokens: 21 },
      metrics: { latencyMs: 1 },
    }),
  ]);
}

const END = createEnd("end_turn");
const TOOL_END = createEnd("tool_use");
let calls = 0;

/** A call of the operation `getThing`. */
export function createToolUse(): Uint8Array {
  calls += 1;
  return Buffer.concat([
    START,
    eventFrame("contentBlockStart", {
      contentBlockIndex: 0,
      start: { toolUse: { name: "getThing", toolUseId: `tooluse_${calls}` } },
    }),
    eventFrame("contentBlockDelta", {
      contentBlockIndex: 0,
      delta: { toolUse: { input: `{"id":"${(calls % 9) + 1}"}` } },
    }),
    TOOL_END,
  ]);
}

/** Returns the bytes of the delta number `index` of `count`: the first has the start of the message, the last its end. */
export function createPiece(index: number, count: number): Uint8Array {
  const first = index === 0 ? [START] : [];
  const last = index === count - 1 ? [END] : [];
  return Buffer.concat([...first, createStampedDelta(), ...last]);
}
