import { expect, test } from "bun:test";
import { retryWithShorterRequest } from "../../../src/chat/context/overflow.ts";
import { startTurn } from "../../../src/chat/turn.ts";
import type { Message, MessageId, ToolResult, TurnEvent, TurnId } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import type { ModelEvent } from "../../../src/model/types.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
  USAGE,
} from "../../support/scripted-model.ts";
import { LIMITS } from "../turn-limits.ts";

const stamp = { id: "m" as MessageId, at: "2026-01-02T03:04:05.000Z" };
const asked = (text: string): Message => ({ role: "user", ...stamp, text });
const said = (text: string): Message => ({
  role: "assistant",
  ...stamp,
  parts: [{ type: "text", text }],
  model: "m",
  usage: USAGE,
});
const HISTORY = [1, 2, 3, 4].flatMap((n) => [asked(`question ${n}`), said(`answer ${n}`)]);
const TOO_LONG = new AppError("context_exceeded", "too long");
const cutOff: Script = [{ type: "end", stopReason: "context_exceeded", usage: USAGE }];
const TRIMMED = {
  type: "notice",
  code: "history_trimmed",
  message: "This conversation is too long for the model: its oldest part is left out of this answer.",
} as const;

async function play(scripts: readonly Script[], history: readonly Message[] = HISTORY) {
  const model = createScriptedModel(scripts);
  const events: TurnEvent[] = [];
  const input = {
    id: "t" as TurnId,
    history: { messages: history, skipped: 0 },
    message: "Hi",
    model: "m",
    system: "",
    tools: [],
    toolTokens: 0,
  };
  const limits = { ...LIMITS, maxTokens: 100 };
  const ports = {
    model,
    run: async () => ({ callId: "c", name: "x", status: "ok", content: "1", durationMs: 1 }) as const,
    truncate: async (result: ToolResult) => result,
    approvalPolicy: async () => ({ verdict: "run" }) as const,
    now: () => new Date(stamp.at),
    newId: () => stamp.id,
  };
  const answeredBy: string[] = [];
  for await (const event of startTurn(input, limits, ports, new AbortController().signal)) {
    if (event.type !== "message_added") events.push(event);
    else if (event.message.role === "assistant") answeredBy.push(event.message.model);
  }
  const end = events.at(-1);
  if (end?.type !== "turn_ended") throw new Error("no end");
  return { sent: model.requests.map(({ messages }) => messages.length), events, answeredBy, end: end.end };
}

test("a conversation that the model refuses as too long is sent once more with half of it, and the person is told", async () => {
  const { sent, events, end } = await play([[TOO_LONG], replyWithText("Short.")]);
  expect(sent).toEqual([9, 3]);
  expect(events.slice(1, -1)).toEqual([TRIMMED, { type: "text_delta", round: 1, text: "Short." }]);
  expect(end).toMatchObject({ outcome: "answered", stopReason: "end_turn", text: "Short.", usage: USAGE });
});

test("the same when the model ends for want of room before it has said anything; both calls are counted", async () => {
  const { sent, end } = await play([cutOff, replyWithText("Short.")]);
  expect([sent, end.usage.inputTokens, end.text]).toEqual([[9, 3], 2 * USAGE.inputTokens, "Short."]);
});

test("it is tried once: a second refusal is the turn's end", async () => {
  const { sent, end } = await play([[TOO_LONG], [TOO_LONG]]);
  expect([sent, end]).toEqual([[9, 3], expect.objectContaining({ outcome: "failed", error: TOO_LONG })]);
});

test("what was left out stays out in the rounds after it", async () => {
  const { sent, end } = await play([[TOO_LONG], replyWithCalls(["c", "x", {}]), replyWithText("Done.")]);
  expect([sent, end.text]).toEqual([[9, 3, 3], "Done."]);
});

test("without a history there is nothing to leave out", async () => {
  const refused = await play([[TOO_LONG]], []);
  expect([refused.sent, refused.end]).toEqual([[1], expect.objectContaining({ error: TOO_LONG })]);
  const ended = await play([cutOff], []);
  expect([ended.sent, ended.end]).toEqual([[1], expect.objectContaining({ stopReason: "context_exceeded" })]);
});

test("an answer that was begun is kept, and its end is told as what it is", async () => {
  const { sent, end } = await play([[{ type: "text", text: "So" }, ...cutOff]]);
  expect([sent, end]).toEqual([[9], expect.objectContaining({ stopReason: "context_exceeded", text: "So" })]);
});

test("retryingShorter() passes on every other error as it is", async () => {
  const error = new AppError("throttled", "busy");
  const stream = async function* (): AsyncGenerator<ModelEvent> {
    yield { type: "notice", code: "retrying", message: "" };
    throw error;
  };
  const read = Array.fromAsync(retryWithShorterRequest(stream, () => true));
  expect(await read.catch((caught: unknown) => caught)).toBe(error);
});

test("the answer, its cost and its history name the model that gave it", async () => {
  const fallback = { type: "end", stopReason: "end_turn", usage: USAGE, model: "other" } as const;
  const { end, answeredBy } = await play([
    replyWithCalls(["c", "x", {}]),
    [{ type: "text", text: "Hi" }, fallback],
  ]);
  expect(end).toMatchObject({
    model: "other",
    spent: [
      { model: "m", usage: USAGE },
      { model: "other", usage: USAGE },
    ],
  });
  expect(answeredBy).toEqual(["m", "other"]);
});
