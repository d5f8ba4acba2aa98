import { expect, test } from "bun:test";
import { StreamDecoder } from "../../../src/model/bedrock/decode.ts";
import { decodeResponse } from "../../../src/model/bedrock/non-streaming.ts";
import type { ModelEvent } from "../../../src/model/types.ts";
import { eventFrame } from "../../bedrock/frames.ts";

const start = (index: number) => [
  "contentBlockStart",
  { contentBlockIndex: index, start: { toolUse: { toolUseId: `c${index}`, name: "delete_all" } } },
];
const input = (index: number, text: string) => [
  "contentBlockDelta",
  { contentBlockIndex: index, delta: { toolUse: { input: text } } },
];
const stop = (index: number) => ["contentBlockStop", { contentBlockIndex: index }];

function streamed(...events: readonly (readonly unknown[])[]): readonly ModelEvent[] {
  const decoder = new StreamDecoder();
  const bytes = events.map(([kind, payload]) => eventFrame(String(kind), payload as Record<string, unknown>));
  return [...bytes.flatMap((frame) => decoder.read(frame)), ...decoder.end()];
}

const calls = (events: readonly ModelEvent[]) =>
  events.flatMap((event) => (event.type === "call" ? [event.call] : []));

for (const stopReason of ["max_tokens", "model_context_window_exceeded", "malformed_tool_use"]) {
  test(`a call that ${stopReason} cut off before its arguments is no call without arguments`, () => {
    const cut = streamed(start(0), input(0, ""), stop(0), ["messageStop", { stopReason }]);
    expect(calls(cut)).toEqual([{ id: "c0", name: "delete_all", arguments: {}, malformed: "" }]);
    const whole = decodeResponse({
      output: { message: { content: [{ toolUse: { toolUseId: "c0", name: "delete_all", input: {} } }] } },
      stopReason,
    });
    expect(calls(whole)).toEqual([{ id: "c0", name: "delete_all", arguments: {}, malformed: "" }]);
  });
}

test("only the last call can have been cut off", () => {
  const cut = streamed(start(0), stop(0), start(1), stop(1), ["messageStop", { stopReason: "max_tokens" }]);
  expect(calls(cut).map(({ malformed }) => malformed)).toEqual([undefined, ""]);
});

test("a call without arguments is one when the model was done", () => {
  const done = streamed(start(0), input(0, ""), stop(0), ["messageStop", { stopReason: "tool_use" }]);
  expect(calls(done)).toEqual([{ id: "c0", name: "delete_all", arguments: {} }]);
  expect(done.map(({ type }) => type)).toEqual(["call", "end"]);
});
