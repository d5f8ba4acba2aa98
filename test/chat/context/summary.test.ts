import { expect, test } from "bun:test";
import fc from "fast-check";
import { createSummaryMessage, historyWindow } from "../../../src/chat/context/history-window.ts";
import {
  countMessagesToSummarize,
  type SummaryLimits,
  summarize,
} from "../../../src/chat/context/summary.ts";
import { TRIM_STRATEGIES } from "../../../src/chat/context/trim.ts";
import { isToolExchange } from "../../../src/chat/context/trim-steps.ts";
import { estimateAllTokens } from "../../../src/chat/tokens.ts";
import type { Message } from "../../../src/chat/types.ts";
import { createScriptedModel, replyWithText, USAGE } from "../../support/scripted-model.ts";
import {
  createAssistantMessage,
  createToolCallMessages,
  createUserMessage,
  historyArbitrary,
} from "../histories.ts";

const exchange = (n: number) => [createUserMessage(`question ${n}`), createAssistantMessage(`answer ${n}`)];
const history = (turns: number) => Array.from({ length: turns }, (_, n) => exchange(n)).flat();
const LIMITS: SummaryLimits = { strategy: "sliding_window", after: 20, keep: 10, maxTokens: 1e6 };
const NEVER = new AbortController().signal;

test("a summary of all but the newest messages is due at the message limit", () => {
  expect(countMessagesToSummarize(history(9), LIMITS)).toBe(0);
  expect(countMessagesToSummarize(history(10), LIMITS)).toBe(10);
  expect(countMessagesToSummarize(history(40), LIMITS)).toBe(70);
});

test("a summary is due when the context fills up, however few the messages", () => {
  const long = [
    createUserMessage("a"),
    createAssistantMessage("x".repeat(4000)),
    createUserMessage("b"),
    createAssistantMessage("x".repeat(4000)),
    createUserMessage("c"),
    createAssistantMessage("x"),
  ];
  expect(countMessagesToSummarize(long, { ...LIMITS, maxTokens: 3000 })).toBe(0);
  expect(countMessagesToSummarize(long, { ...LIMITS, maxTokens: 2500 })).toBe(4);
});

test("a single turn that exceeds the limit is summarized completely", () => {
  const turn = [
    createUserMessage("a"),
    ...Array.from({ length: 10 }, (_, n) => createToolCallMessages(`c${n}`, "r")).flat(),
    createAssistantMessage("b"),
  ];
  expect(countMessagesToSummarize(turn, LIMITS)).toBe(turn.length);
  expect(countMessagesToSummarize([...history(10), ...turn.slice(0, 15)], LIMITS)).toBe(20);
});

test("with `smart_prune`, a summary is due by the amount of dialogue, however many calls there were", () => {
  const turn = (n: number) => [
    createUserMessage(`q${n}`),
    ...createToolCallMessages("a", "r"),
    ...createToolCallMessages("b", "r"),
    createAssistantMessage(`a${n}`),
  ];
  const turns = (count: number) => Array.from({ length: count }, (_, n) => turn(n)).flat();
  const limits: SummaryLimits = { ...LIMITS, strategy: "smart_prune" };
  expect(countMessagesToSummarize(turns(9), limits)).toBe(0);
  expect(countMessagesToSummarize(turns(10), limits)).toBe(30);
});

test("the messages after a summary begin with a user message and leave space for the next turn", () => {
  const limits = fc.record({
    strategy: fc.constantFrom(...TRIM_STRATEGIES),
    after: fc.integer({ min: 2, max: 40 }),
    maxTokens: fc.integer({ min: 10, max: 4000 }),
  });
  fc.assert(
    fc.property(historyArbitrary, limits, (messages, limits) => {
      const { strategy, after, maxTokens } = limits;
      const count = countMessagesToSummarize(messages, { ...limits, keep: Math.floor(after / 2) });
      expect([undefined, "user"]).toContain(messages[count]?.role);
      const rest = messages
        .slice(count)
        .filter((one, index, all) => strategy !== "smart_prune" || !isToolExchange(one, all[index + 1]));
      expect([undefined, "user"]).toContain(rest[0]?.role);
      expect(rest.length === 0 || rest.length < after).toBe(true);
      expect(rest.length === 0 || estimateAllTokens(rest) < maxTokens).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("`summarize()` returns a short transcript verbatim, without a model call", async () => {
  const model = createScriptedModel([]);
  const messages = [
    createUserMessage("Who is 7?"),
    ...createToolCallMessages("a", "Ada"),
    createAssistantMessage("Ada."),
  ];
  const input = { previous: "They like cats.", messages, model: "m", caller: "c" };
  expect(await summarize(input, model, NEVER)).toEqual({
    text: "They like cats.\nPerson: Who is 7?\nAssistant called x {}\nx ok: Ada\nAssistant: Ada.",
    spent: [],
  });
});

test("`summarize()` asks the model to combine the previous summary with a long transcript, and returns its usage", async () => {
  const model = createScriptedModel([replyWithText(" They like dogs now. ")]);
  const messages = [createUserMessage("x".repeat(5000)), createAssistantMessage("Dogs.")];
  const summary = await summarize(
    { previous: "They like cats.", messages, model: "m", caller: "c" },
    model,
    NEVER,
  );
  expect(summary).toEqual({ text: "They like dogs now.", spent: [{ model: "m", usage: USAGE }] });
  const [request] = model.requests;
  expect(request).toMatchObject({ tools: [], maxTokens: 1000, caller: "c" });
  const prompt = request?.messages[0];
  expect(prompt?.role === "user" && prompt.text).toMatch(
    /^The notes so far:\nThey like cats\.\n\nThe conversation that follows them:\nPerson: x{2000}…\nAssistant: Dogs\.\n/,
  );
});

test("`summarize()` cuts a transcript of megabytes", async () => {
  const model = createScriptedModel([replyWithText("Notes.")]);
  const messages = Array.from({ length: 200 }, () => [
    createUserMessage("x".repeat(5000)),
    createAssistantMessage("y".repeat(5000)),
  ]).flat();
  await summarize({ previous: undefined, messages, model: "m", caller: "c" }, model, NEVER);
  const prompt = model.requests[0]?.messages[0];
  expect(prompt?.role === "user" && prompt.text.length).toBeLessThan(61_000);
});

test("`historyWindow()` begins where the summary ends", () => {
  const messages = history(30);
  const summary = { through: 40, text: "n" };
  expect(historyWindow({ messages, skipped: 0 }, summary)).toEqual({
    messages: messages.slice(40),
    skipped: 40,
    summary: "n",
  });
  expect(historyWindow({ messages, skipped: 0 }, undefined)).toEqual({ messages, skipped: 0 });
});

test("`historyWindow()` keeps its beginning for many turns when only the newest messages are read", () => {
  const messages: Message[] = history(300);
  const begins = Array.from({ length: 200 }, (_, n) => {
    const end = 200 + 2 * n;
    return historyWindow({ messages: messages.slice(end - 100, end), skipped: end - 100 }, undefined).skipped;
  });
  expect(new Set(begins).size).toBeLessThan(25);
  expect(begins.every((begin, n) => messages[begin]?.role === "user" && begin <= 200 + 2 * n - 40)).toBe(
    true,
  );
});

test("`createSummaryMessage()` returns a user message that explains the summary", () => {
  expect(createSummaryMessage("n")).toMatchObject({
    role: "user",
    text: expect.stringMatching(/no longer shown.*\n\nn$/s),
  });
});
