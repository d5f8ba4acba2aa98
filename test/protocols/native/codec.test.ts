import { expect, test } from "bun:test";
import type { Message, MessageId, TurnId } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import { decodeFrame, encodeEvent, serializeFrame } from "../../../src/protocols/native/codec.ts";
import { encodeHistory } from "../../../src/protocols/native/history.ts";
import { USAGE } from "../../support/scripted-model.ts";

test.each([
  ['{"message":"hi","history":[]}', { type: "message", message: "hi" }],
  ['{"type":"message","message":"hi","model":"m"}', { type: "message", message: "hi", model: "m" }],
  ['{"type":"hello"}', { type: "hello", capabilities: [] }],
  ['{"type":"stop","extra":1}', { type: "stop" }],
  ['{"type":"ping"}', { type: "ping" }],
] as const)("decode() reads %s", (text, frame) => {
  expect(decodeFrame(text)).toEqual(frame as ReturnType<typeof decodeFrame>);
});

test.each([
  ["{bad", "bad_frame", "not valid JSON"],
  ["[1]", "bad_frame", "JSON object"],
  ["5", "bad_frame", "JSON object"],
  ["null", "bad_frame", "JSON object"],
  ["{}", "bad_frame", '"type"'],
  ['{"type":5}', "bad_frame", '"type"'],
  ['{"message":5}', "bad_frame", '"message"'],
  ['{"type":"nope"}', "unknown_type", '"nope"'],
  ['{"type":"message","message":"hi","attachments":[{}]}', "bad_frame", '"attachments.0.name"'],
  [
    '{"type":"message","message":"hi","attachments":[{"name":"a","media_type":"text/plain","data":"%"}]}',
    "bad_frame",
    '"attachments.0.data"',
  ],
] as const)("decode() refuses %s as %s and names what is wrong", (text, code, named) => {
  let refused: unknown;
  try {
    decodeFrame(text);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(AppError);
  expect(refused).toMatchObject({ code, message: expect.stringContaining(named) });
});

const NOW = "2026-01-01T00:00:00.000Z";
const place = { seq: 7, turnId: "t" as TurnId };
const context = {
  now: () => NOW,
  operation: () => ({ method: "GET", path: "/things/{id}" }),
  cost: () => 0.5,
  contextOf: () => ({ used: 30, limit: 100 }),
  sessionCost: () => 2.5,
  fileUrl: (id: string) => `./files/${id}`,
};

test("An integer beyond 2^53 in call arguments reaches the client exactly.", () => {
  const call = { id: "c", name: "get", arguments: { id: 9007199254740993n } };
  expect(serializeFrame(encodeEvent({ type: "call_started", round: 1, call }, place, context))).toBe(
    '{"type":"tool_call","seq":7,"turn_id":"t","tool_call_id":"c","name":"get","arguments":{"id":9007199254740993},"method":"GET","path":"/things/{id}"}',
  );
});

test("A frame holds a preview of a long result.", () => {
  const result = {
    callId: "c",
    name: "x",
    status: "ok",
    content: "y".repeat(10_001),
    httpStatus: 200,
    durationMs: 1.6,
  } as const;
  expect(encodeEvent({ type: "call_ended", round: 1, result }, place, context)).toEqual({
    type: "tool_result",
    seq: 7,
    turn_id: "t",
    tool_call_id: "c",
    name: "x",
    status: "ok",
    http_status: 200,
    duration_ms: 2,
    result: `${"y".repeat(10_000)}…`,
    whole_length: 10_001,
  });
});

test("The history holds each reply with its calls and their results.", () => {
  const stamp = (id: string) => ({ id: id as MessageId, at: NOW });
  const messages: Message[] = [
    { role: "user", ...stamp("1"), text: "Q" },
    {
      role: "assistant",
      ...stamp("2"),
      model: "m",
      usage: USAGE,
      parts: [
        { type: "text", text: "Let me see." },
        { type: "call", call: { id: "c", name: "x", arguments: { a: 1 } } },
      ],
    },
    {
      role: "results",
      ...stamp("3"),
      results: [{ callId: "c", name: "x", status: "failed", content: "no", durationMs: 0 }],
    },
    { role: "assistant", ...stamp("4"), model: "m", usage: USAGE, parts: [{ type: "text", text: "No." }] },
  ];
  const shown = { timestamp: NOW, tool_calls: [], tool_results: [] };
  expect(encodeHistory(messages, context)).toEqual([
    { message_id: "1", role: "user", content: "Q", ...shown },
    {
      message_id: "2",
      role: "assistant",
      content: "Let me see.",
      timestamp: NOW,
      tool_calls: [{ id: "c", name: "x", arguments: { a: 1 }, ...context.operation() }],
      tool_results: [{ tool_call_id: "c", name: "x", status: "failed", duration_ms: 0, result: "no" }],
    },
    { message_id: "4", role: "assistant", content: "No.", ...shown },
  ]);
});
