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
const userMessage = (text: string): Message => ({ role: "user", ...stamp, text });
const assistantMessage = (text: string): Message => ({
  role: "assistant",
  ...stamp,
  parts: [{ type: "text", text }],
  model: "m",
  usage: USAGE,
});
const HISTORY = [1, 2, 3, 4].flatMap((n) => [userMessage(`question ${n}`), assistantMessage(`answer ${n}`)]);
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
  const repliedBy: string[] = [];
  for await (const event of startTurn(input, limits, ports, new AbortController().signal)) {
    if (event.type !== "message_added") events.push(event);
    else if (event.message.role === "assistant") repliedBy.push(event.message.model);
  }
  const end = events.at(-1);
  if (end?.type !== "turn_ended") throw new Error("no end");
  return { sent: model.requests.map(({ messages }) => messages.length), events, repliedBy, end: end.end };
}

test("a conversation that the model rejects as too long is sent again with half of its tokens, and the user is notified", async () => {
  const { sent, events, end } = await play([[TOO_LONG], replyWithText("Short.")]);
  expect(sent).toEqual([9, 3]);
  expect(events.slice(1, -1)).toEqual([TRIMMED, { type: "text_delta", round: 1, text: "Short." }]);
  expect(end).toMatchObject({ outcome: "answered", stopReason: "end_turn", text: "Short.", usage: USAGE });
});

test("a reply that ends with `context_exceeded` before any output is retried, and the usage of both calls is added", async () => {
  const { sent, end } = await play([cutOff, replyWithText("Short.")]);
  expect([sent, end.usage.inputTokens, end.text]).toEqual([[9, 3], 2 * USAGE.inputTokens, "Short."]);
});

test("a request is retried only once: a second rejection ends the turn", async () => {
  const { sent, end } = await play([[TOO_LONG], [TOO_LONG]]);
  expect([sent, end]).toEqual([[9, 3], expect.objectContaining({ outcome: "failed", error: TOO_LONG })]);
});

test("dropped messages stay dropped in later rounds", async () => {
  const { sent, end } = await play([[TOO_LONG], replyWithCalls(["c", "x", {}]), replyWithText("Done.")]);
  expect([sent, end.text]).toEqual([[9, 3, 3], "Done."]);
});

test("a request without a history is not retried", async () => {
  const refused = await play([[TOO_LONG]], []);
  expect([refused.sent, refused.end]).toEqual([[1], expect.objectContaining({ error: TOO_LONG })]);
  const ended = await play([cutOff], []);
  expect([ended.sent, ended.end]).toEqual([[1], expect.objectContaining({ stopReason: "context_exceeded" })]);
});

test("a reply that exceeds the context after some output is kept with its stop reason", async () => {
  const { sent, end } = await play([[{ type: "text", text: "So" }, ...cutOff]]);
  expect([sent, end]).toEqual([[9], expect.objectContaining({ stopReason: "context_exceeded", text: "So" })]);
});

test("`retryWithShorterRequest()` rethrows every other error unchanged", async () => {
  const error = new AppError("throttled", "busy");
  const stream = async function* (): AsyncGenerator<ModelEvent> {
    yield { type: "notice", code: "retrying", message: "" };
    throw error;
  };
  const read = Array.fromAsync(retryWithShorterRequest(stream, () => true));
  expect(await read.catch((caught: unknown) => caught)).toBe(error);
});

test("the end of a turn, its usage and its history name the model that replied", async () => {
  const fallback = { type: "end", stopReason: "end_turn", usage: USAGE, model: "other" } as const;
  const { end, repliedBy } = await play([
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
  expect(repliedBy).toEqual(["m", "other"]);
});
