import { expect, test } from "bun:test";
import { startTurn, type TurnLimits } from "../../src/chat/turn.ts";
import type {
  Message,
  MessageId,
  ToolCall,
  ToolResult,
  TurnEvent,
  TurnId,
  Usage,
} from "../../src/chat/types.ts";
import { AppError } from "../../src/errors.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
  USAGE,
} from "../support/scripted-model.ts";
import { LIMITS } from "./turn-limits.ts";

const AT = "2026-01-02T03:04:05.000Z";
interface PlayOptions {
  scripts: readonly Script[] | (() => Script);
  run?: (call: ToolCall, signal: AbortSignal) => Promise<ToolResult>;
  limits?: Partial<TurnLimits>;
  history?: readonly Message[];
  signal?: AbortSignal;
  toolTokens?: number;
  now?: () => string | number;
  /** USD for 10 input tokens, the usage that each reply reports. */
  cost?: number;
  onEvent?: (event: TurnEvent) => void;
}

async function play({
  scripts,
  run = echo,
  limits,
  history = [],
  signal,
  toolTokens = 0,
  now = () => AT,
  cost,
  onEvent,
}: PlayOptions) {
  const price = (_: string, usage: Usage) => (cost === undefined ? null : (usage.inputTokens / 10) * cost);
  const model = { ...createScriptedModel(scripts), cost: price };
  let ids = 0;
  const events: TurnEvent[] = [];
  const messages: Message[] = [];
  const input = {
    id: "t1" as TurnId,
    history: { messages: history, skipped: 0 },
    message: "Hi",
    model: "m",
    system: "s",
    tools: [],
    toolTokens,
  };
  const ports = {
    model,
    run,
    truncate: async (result: ToolResult, budget: number) => ({
      ...result,
      content: result.content.slice(0, budget),
    }),
    approvalPolicy: async () => ({ verdict: "run" }) as const,
    now: () => new Date(now()),
    newId: () => `m${++ids}` as MessageId,
  };
  const stop = signal ?? new AbortController().signal;
  for await (const event of startTurn(input, { ...LIMITS, ...limits }, ports, stop)) {
    onEvent?.(event);
    if (event.type === "turn_started") messages.push(event.question);
    if (event.type === "message_added") messages.push(event.message);
    else events.push(event);
  }
  return { events, model, messages, end: endOf(events) };
}

function endOf(events: readonly TurnEvent[]) {
  const last = events.at(-1);
  if (last?.type !== "turn_ended") throw new Error("a turn must end with turn_ended");
  return last.end;
}

async function echo(call: ToolCall): Promise<ToolResult> {
  return {
    callId: call.id,
    name: call.name,
    status: "ok",
    content: JSON.stringify(call.arguments),
    durationMs: 1,
  };
}

const user: Message = { role: "user", id: "m1" as MessageId, at: AT, text: "Hi" };
function assistant(id: string, parts: Extract<Message, { role: "assistant" }>["parts"], more = {}): Message {
  return { role: "assistant", id: id as MessageId, at: AT, parts, model: "m", usage: USAGE, ...more };
}

test("a plain reply yields deltas and one end, and the history gains the user message and the reply", async () => {
  const { events, messages } = await play({
    scripts: [
      [
        { type: "text", text: "He" },
        { type: "text", text: "llo" },
        { type: "end", stopReason: "end_turn", usage: USAGE },
      ],
    ],
  });
  expect(events).toEqual([
    { type: "turn_started", turnId: "t1" as TurnId, question: user },
    { type: "text_delta", round: 1, text: "He" },
    { type: "text_delta", round: 1, text: "llo" },
    {
      type: "turn_ended",
      turnId: "t1" as TurnId,
      end: {
        outcome: "answered",
        stopReason: "end_turn",
        model: "m",
        text: "Hello",
        calls: [],
        results: [],
        usage: USAGE,
        spent: [{ model: "m", usage: USAGE }],
        lastUsage: USAGE,
        endedAt: AT,
      },
    },
  ]);
  expect(messages).toEqual([
    user,
    assistant("m2", [{ type: "text", text: "Hello" }], { stopReason: "end_turn" }),
  ]);
});

test("the calls of a round run in parallel, and their results are in call order, in one message", async () => {
  const both = Promise.withResolvers<void>();
  let running = 0;
  const run = async (call: ToolCall) => {
    if (++running === 2) both.resolve();
    await both.promise;
    return echo(call);
  };
  const { events, model, end } = await play({
    scripts: [replyWithCalls(["a", "x", { n: 1 }], ["b", "y", { n: 2 }]), replyWithText("Done")],
    run,
  });
  expect(
    events.map((event) =>
      "call" in event
        ? `call ${event.call.id}`
        : "result" in event
          ? `result ${event.result.callId}`
          : event.type,
    ),
  ).toEqual(["turn_started", "call a", "call b", "result a", "result b", "text_delta", "turn_ended"]);
  expect(model.requests[1]?.messages.map((message) => message.role)).toEqual([
    "user",
    "assistant",
    "results",
  ]);
  expect(end.results.map(({ callId, content }) => [callId, content])).toEqual([
    ["a", '{"n":1}'],
    ["b", '{"n":2}'],
  ]);
});

test("at most `maxParallelCalls` calls run at the same time", async () => {
  let running = 0;
  let maxRunning = 0;
  const run = async (call: ToolCall) => {
    maxRunning = Math.max(maxRunning, ++running);
    await Bun.sleep(1);
    running -= 1;
    return echo(call);
  };
  const calls = [1, 2, 3, 4, 5].map(
    (n) => [`c${n}`, "x", { n }] as [string, string, Record<string, unknown>],
  );
  const { end } = await play({
    scripts: [replyWithCalls(...calls), replyWithText("Done")],
    run,
    limits: { maxParallelCalls: 2 },
  });
  expect(maxRunning).toBe(2);
  expect(end.results.map((result) => result.callId)).toEqual(["c1", "c2", "c3", "c4", "c5"]);
});

test("the texts of two rounds are separated, and the text of the end equals the joined deltas", async () => {
  const { events, end } = await play({
    scripts: [
      [{ type: "text", text: "Let me look." }, ...replyWithCalls(["a", "x", {}])],
      replyWithText("Three."),
    ],
  });
  const deltas = events.flatMap((event) => (event.type === "text_delta" ? [event.text] : []));
  expect(deltas).toEqual(["Let me look.", "\n\n", "Three."]);
  expect(end.text).toBe("Let me look.\n\nThree.");
});

test("at the limit of rounds the model is called once more with a note, and the reply names the limit", async () => {
  const { model, end, messages } = await play({
    scripts: () => replyWithCalls([`c${Math.random()}`, "x", {}]),
    limits: { maxToolCallRounds: 2 },
  });
  expect(model.requests).toHaveLength(3);
  const last = model.requests[2]?.messages.at(-1);
  expect(last?.role === "results" && last.note).toContain("limit of 2 rounds of tool calls");
  expect(end).toMatchObject({ outcome: "answered", stopReason: "tool_limit" });
  expect(end.text).toBe(
    "(I stopped here: one message may use 2 rounds of tool calls, and that limit was reached.)",
  );
  expect(messages.map((message) => message.role)).toEqual([
    "user",
    "assistant",
    "results",
    "assistant",
    "results",
    "assistant",
  ]);
  expect(messages.at(-1)).toMatchObject({
    parts: [{ type: "text", text: end.text }],
    stopReason: "tool_limit",
  });
});

test("calls beyond the turn's limit fail, and the next reply is the last", async () => {
  const ran: string[] = [];
  const { end, model } = await play({
    scripts: [
      replyWithCalls(["a", "x", { n: 1 }], ["b", "x", { n: 2 }], ["c", "x", { n: 3 }]),
      replyWithText("Two of three."),
    ],
    run: (call) => {
      ran.push(call.id);
      return echo(call);
    },
    limits: { maxToolCalls: 2 },
  });
  expect(ran).toEqual(["a", "b"]);
  expect(end.results.map((result) => result.status)).toEqual(["ok", "ok", "failed"]);
  expect(model.requests).toHaveLength(2);
  expect(end.text).toBe(
    "Two of three.\n\n(I stopped here: one message may use 2 tool calls, and that limit was reached.)",
  );
});

test("stopping while the model replies keeps the text and ends the turn as stopped", async () => {
  const stop = new AbortController();
  const { end, messages } = await play({
    scripts: [[{ type: "text", text: "Par" }, new Promise(() => {}), { type: "text", text: "never" }]],
    signal: stop.signal,
    onEvent: (event) => event.type === "text_delta" && stop.abort(),
  });
  expect(end).toMatchObject({ outcome: "answered", stopReason: "stopped", text: "Par" });
  expect(messages.at(-1)).toMatchObject({
    role: "assistant",
    parts: [{ type: "text", text: "Par" }],
    stopReason: "stopped",
  });
});

test("stopping while tools run keeps the calls with their results", async () => {
  const stop = new AbortController();
  const { end, messages } = await play({
    scripts: [replyWithCalls(["a", "x", {}])],
    run: async (call) => {
      stop.abort();
      return { callId: call.id, name: call.name, status: "failed", content: "stopped", durationMs: 0 };
    },
    signal: stop.signal,
  });
  expect(end).toMatchObject({ outcome: "answered", stopReason: "stopped", text: "" });
  expect(messages.map((message) => message.role)).toEqual(["user", "assistant", "results"]);
});

test("a model call that breaks off fails the turn and keeps its text, but not its call", async () => {
  const error = new AppError("stream_interrupted", "The answer broke off.");
  const { end, messages } = await play({
    scripts: [
      [{ type: "text", text: "Half" }, { type: "call", call: { id: "a", name: "x", arguments: {} } }, error],
    ],
  });
  expect(end).toMatchObject({ outcome: "failed", error, text: "Half" });
  expect(messages.slice(1)).toMatchObject([
    { parts: [{ type: "text", text: "Half" }], stopReason: "interrupted" },
  ]);
});

test("an unexpected error ends the turn as `internal`, without its detail", async () => {
  const bug = new TypeError("secret detail");
  const { end, messages } = await play({ scripts: [[bug]] });
  expect(end.outcome === "failed" && end.error).toMatchObject({ code: "internal", cause: bug });
  expect(end.outcome === "failed" && end.error.message).not.toContain("secret");
  expect(messages).toEqual([user]);
});

test("too many tools fail the turn before any model call, with the token counts and the options that help", async () => {
  const { end, model } = await play({ scripts: [], toolTokens: 410_000 });
  expect(model.requests).toEqual([]);
  expect(end.outcome === "failed" && end.error.code).toBe("too_many_tools");
  const error = end.outcome === "failed" ? end.error : undefined;
  expect(error?.message).toMatch(/410000 tokens/);
  expect(error?.detail).toMatch(/--allowed-paths/);
});

test("a result is truncated before it reaches the model or the client", async () => {
  const { end, events } = await play({
    scripts: [replyWithCalls(["a", "x", { long: "abcdef" }]), replyWithText("Done")],
    limits: { maxMessageSize: 3 },
  });
  expect(end.results[0]?.content).toBe('{"l');
  expect(events).toContainEqual({ type: "call_ended", round: 1, result: end.results[0] as ToolResult });
});

test("a turn that reaches its time limit makes no further calls and names the limit", async () => {
  let now = 0;
  const { end, model } = await play({
    scripts: [
      replyWithCalls(["a", "x", {}]),
      replyWithCalls(["b", "x", {}]),
      replyWithText("That is all I know."),
    ],
    run: async (call) => {
      now += 40_000;
      return echo(call);
    },
    limits: { maxTurnSeconds: 60 },
    now: () => now,
  });
  expect(model.requests).toHaveLength(3);
  const last = model.requests[2]?.messages.at(-1);
  expect(last?.role === "results" && last.note).toContain("limit of 60 seconds");
  expect(end).toMatchObject({ outcome: "answered", stopReason: "tool_limit" });
  expect(end.text).toBe(
    "That is all I know.\n\n(I stopped here: one message may use 60 seconds, and that limit was reached.)",
  );
});

test("a turn that reaches its cost limit makes no further calls and names the limit", async () => {
  const { end, model } = await play({
    scripts: () => replyWithCalls([`c${Math.random()}`, "x", { n: Math.random() }]),
    limits: { maxTurnCostUsd: 0.25 },
    cost: 0.1,
  });
  expect(model.requests).toHaveLength(4);
  expect(end.text).toBe("(I stopped here: one message may use 0.25 USD, and that limit was reached.)");
});

test("the third identical call fails, and the turn continues", async () => {
  const ran: string[] = [];
  const { end } = await play({
    scripts: [...["a", "b", "c"].map((id) => replyWithCalls([id, "x", { n: 1 }])), replyWithText("Enough.")],
    run: (call) => {
      ran.push(call.id);
      return echo(call);
    },
  });
  expect([ran, end.results.map(({ status }) => status), end.text]).toEqual([
    ["a", "b"],
    ["ok", "ok", "failed"],
    "Enough.",
  ]);
});

test("after a blank reply the model is asked once more", async () => {
  const { end } = await play({ scripts: [replyWithText("  "), replyWithText("Yes.")] });
  expect(end).toMatchObject({ outcome: "answered", stopReason: "end_turn", usage: { outputTokens: 10 } });
  expect(end.text.trim()).toBe("Yes.");
});

test.each([
  "end_turn",
  "max_tokens",
  "stop_sequence",
  "guardrail",
  "content_filtered",
  "context_exceeded",
] as const)("a turn whose replies are empty (%s) ends with a text that says so", async (stopReason) => {
  const empty: Script = [
    { type: "reasoning", text: "Hm" },
    { type: "end", stopReason, usage: USAGE },
  ];
  const { end, messages } = await play({ scripts: [empty, empty] });
  expect(end).toMatchObject({ outcome: "answered", stopReason, text: expect.stringMatching(/^\(.+\.\)$/) });
  expect(messages.at(-1)).toMatchObject({ role: "assistant", parts: [{ type: "text", text: end.text }] });
});

test("reasoning is streamed, and stored with its signature before the call that follows it", async () => {
  const { events, messages } = await play({
    scripts: [
      [
        { type: "reasoning", text: "Hm" },
        { type: "reasoning", text: "", signature: "sig" },
        ...replyWithCalls(["a", "x", {}]),
      ],
      replyWithText("Done"),
    ],
  });
  expect(events[1]).toEqual({ type: "reasoning_delta", round: 1, text: "Hm" });
  expect(messages[1]).toEqual(
    assistant("m2", [
      { type: "reasoning", text: "Hm", signature: "sig" },
      { type: "call", call: { id: "a", name: "x", arguments: {} } },
    ]),
  );
});

test("a reply that used all its tokens for thinking says so and offers to continue", async () => {
  const { end, messages } = await play({
    scripts: [
      [
        { type: "reasoning", text: "Let me think." },
        { type: "end", stopReason: "max_tokens", usage: USAGE },
      ],
    ],
  });
  const text =
    '(The model used all of the length of this reply for thinking, before its first word. Write "continue", and it tries again.)';
  expect(end).toMatchObject({ outcome: "answered", stopReason: "max_tokens", text });
  expect(messages.at(-1)).toEqual(assistant("m2", [{ type: "text", text }], { stopReason: "max_tokens" }));
});
