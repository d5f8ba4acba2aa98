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

function decodeStream(...events: readonly (readonly unknown[])[]): readonly ModelEvent[] {
  const decoder = new StreamDecoder();
  const bytes = events.map(([kind, payload]) => eventFrame(String(kind), payload as Record<string, unknown>));
  return [...bytes.flatMap((frame) => decoder.read(frame)), ...decoder.end()];
}

const calls = (events: readonly ModelEvent[]) =>
  events.flatMap((event) => (event.type === "call" ? [event.call] : []));

for (const stopReason of ["max_tokens", "model_context_window_exceeded", "malformed_tool_use"]) {
  test(`a call that ${stopReason} truncates before its arguments is malformed, not without arguments`, () => {
    const truncated = decodeStream(start(0), input(0, ""), stop(0), ["messageStop", { stopReason }]);
    expect(calls(truncated)).toEqual([{ id: "c0", name: "delete_all", arguments: {}, malformed: "" }]);
    const complete = decodeResponse({
      output: { message: { content: [{ toolUse: { toolUseId: "c0", name: "delete_all", input: {} } }] } },
      stopReason,
    });
    expect(calls(complete)).toEqual([{ id: "c0", name: "delete_all", arguments: {}, malformed: "" }]);
  });
}

test("only the last call of a truncated reply is malformed", () => {
  const truncated = decodeStream(start(0), stop(0), start(1), stop(1), [
    "messageStop",
    { stopReason: "max_tokens" },
  ]);
  expect(calls(truncated).map(({ malformed }) => malformed)).toEqual([undefined, ""]);
});

test("a call without arguments is valid when the reply is complete", () => {
  const done = decodeStream(start(0), input(0, ""), stop(0), ["messageStop", { stopReason: "tool_use" }]);
  expect(calls(done)).toEqual([{ id: "c0", name: "delete_all", arguments: {} }]);
  expect(done.map(({ type }) => type)).toEqual(["call", "end"]);
});
