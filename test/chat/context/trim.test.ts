import { expect, test } from "bun:test";
import fc from "fast-check";
import { TRIM_STRATEGIES, type TrimLimits, trim } from "../../../src/chat/context/trim.ts";
import { estimateAllTokens } from "../../../src/chat/tokens.ts";
import type { Message } from "../../../src/chat/types.ts";
import { buildConverseBody } from "../../../src/model/bedrock/request.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import { checkCall } from "../../bedrock/check.ts";
import { MODEL } from "../../support/harness.ts";
import {
  createAssistantMessage,
  createToolCallMessages,
  createUserMessage,
  historyArbitrary,
  runningTurnArbitrary,
} from "../histories.ts";

const RUNS = { numRuns: 2000 };
const limits: fc.Arbitrary<TrimLimits> = fc.record({
  strategy: fc.constantFrom(...TRIM_STRATEGIES),
  maxMessages: fc.integer({ min: 1, max: 40 }),
  maxTokens: fc.integer({ min: 1, max: 1000 }),
});
const inputs = fc.record({ history: historyArbitrary, current: runningTurnArbitrary, limits });

test("`trim()` begins with a user message, and keeps the current turn, the order, and each call with its result", () => {
  fc.assert(
    fc.property(inputs, ({ history, current, limits }) => {
      const visible = trim(history, current, limits);
      expect(visible[0]?.role).toBe("user");
      expect(visible).toContain(current[0] as Message);
      expect(visible.length).toBeGreaterThanOrEqual(current.length);
      visible.forEach((message, index) => {
        const calls = (one: Message | undefined) =>
          one?.role === "assistant"
            ? one.parts.flatMap((part) => (part.type === "call" ? [part.call.id] : []))
            : [];
        const resultIds = message.role === "results" ? message.results.map(({ callId }) => callId) : [];
        expect(resultIds).toEqual(calls(visible[index - 1]));
      });
      const positions = visible
        .slice(0, visible.length - current.length)
        .map((message) => history.indexOf(message));
      expect(positions).toEqual(positions.toSorted((a, b) => a - b));
      expect(positions).not.toContain(-1);
    }),
    RUNS,
  );
});

test("`trim()` keeps to its limits whenever the current turn does", () => {
  fc.assert(
    fc.property(inputs, ({ history, current, limits }) => {
      const visible = trim(history, current, limits);
      const fits = (messages: readonly Message[]) =>
        messages.length <= limits.maxMessages && estimateAllTokens(messages) <= limits.maxTokens;
      if (fits(current)) expect(fits(visible)).toBe(true);
      else if (estimateAllTokens(current) <= limits.maxTokens) expect(visible).toEqual([...current]);
      else expect(visible.length).toBe(current.length);
    }),
    RUNS,
  );
});

test("`trim()` returns a history unchanged when it fits or was trimmed before", () => {
  fc.assert(
    fc.property(inputs, ({ history, current, limits }) => {
      const visible = trim(history, current, limits);
      const again = trim(
        visible.slice(0, visible.length - current.length),
        visible.slice(-current.length),
        limits,
      );
      expect(again).toEqual(visible);
      const all = [...history, ...current];
      if (all.length <= limits.maxMessages && estimateAllTokens(all) <= limits.maxTokens)
        expect(visible).toEqual(all);
    }),
    RUNS,
  );
});

test("Bedrock accepts every result of `trim()`, with every strategy", () => {
  const capabilities = capabilitiesOf(MODEL);
  const tools = [{ name: "x", description: "x", inputSchema: { type: "object" } }];
  fc.assert(
    fc.property(inputs, ({ history, current, limits }) => {
      const request = {
        model: MODEL,
        system: "s",
        tools,
        maxTokens: 100,
        messages: trim(history, current, limits),
      };
      const body = JSON.parse(JSON.stringify(buildConverseBody(request, capabilities, {})));
      expect(checkCall({ modelId: MODEL, streaming: true, body })).toBeUndefined();
    }),
    RUNS,
  );
});

test("`truncate` keeps the longest part that fits", () => {
  fc.assert(
    fc.property(inputs, ({ history, current, limits }) => {
      const fits = (messages: readonly Message[]) =>
        messages.length <= limits.maxMessages && estimateAllTokens(messages) <= limits.maxTokens;
      const starts = history.flatMap((message, index) => (message.role === "user" ? [index] : []));
      const longest = starts.map((start) => [...history.slice(start), ...current]).find(fits);
      const visible = trim(history, current, { ...limits, strategy: "truncate" });
      if (longest) expect(visible).toEqual(longest);
      else expect(visible.length).toBe(current.length);
    }),
    RUNS,
  );
});

test("`sliding_window` drops at most half of the visible messages when turns are short", () => {
  const exchange = (n: number) => [createUserMessage(`question ${n}`), createAssistantMessage(`answer ${n}`)];
  const history = Array.from({ length: 100 }, (_, n) => exchange(n)).flat();
  for (let turns = 1; turns <= 100; turns++) {
    const visible = trim(history.slice(0, turns * 2), [createUserMessage("?")], {
      strategy: "sliding_window",
      maxMessages: 20,
      maxTokens: 1e6,
    });
    expect(visible.length).toBeGreaterThanOrEqual(Math.min(turns * 2 + 1, 10));
    expect(visible.length).toBeLessThanOrEqual(20);
  }
});

test("`sliding_window` keeps its beginning for several turns, even when only the newest messages are read", () => {
  const turn = (n: number) => [
    createUserMessage(`question ${n}`),
    ...createToolCallMessages(`c${n}`, "result"),
    createAssistantMessage(`answer ${n}`),
  ];
  const history = Array.from({ length: 200 }, (_, n) => turn(n)).flat();
  const firsts = (strategy: TrimLimits["strategy"], newest: number) =>
    Array.from({ length: 200 }, (_, turns) => {
      const messages = history.slice(0, turns * 4);
      const skipped = Math.max(0, messages.length - newest);
      const limits = { strategy, maxMessages: 40, maxTokens: 1e6 };
      return trim(messages.slice(skipped), [createUserMessage("?")], limits, skipped)[0];
    });
  const countChanges = (list: readonly (Message | undefined)[]) =>
    list.filter((first, index) => index > 0 && first !== list[index - 1]).length;
  expect(countChanges(firsts("truncate", 1000))).toBe(191);
  expect(countChanges(firsts("sliding_window", 1000))).toBeLessThanOrEqual(50);
  expect(firsts("sliding_window", 100)).toEqual(firsts("sliding_window", 1000));
});

test("`smart_prune` drops the oldest calls before any dialogue, then the oldest dialogue", () => {
  const history = [
    createUserMessage("one"),
    ...createToolCallMessages("a", "first"),
    createAssistantMessage("1"),
    createUserMessage("two"),
    ...createToolCallMessages("b", "second"),
    createAssistantMessage("2"),
    createUserMessage("three"),
    ...createToolCallMessages("c", "third"),
    createAssistantMessage("3"),
  ];
  const summarizeVisible = (maxMessages: number) =>
    trim(history, [createUserMessage("?")], { strategy: "smart_prune", maxMessages, maxTokens: 1e6 }).map(
      (message) =>
        message.role === "user"
          ? message.text
          : message.role === "results"
            ? "results"
            : message.parts.map((part) => (part.type === "text" ? part.text : part.type)).join(),
    );
  expect(summarizeVisible(13)).toEqual([
    ...["one", "call", "results", "1", "two", "call", "results", "2", "three", "call", "results", "3", "?"],
  ]);
  expect(summarizeVisible(11)).toEqual(["one", "1", "two", "2", "three", "call", "results", "3", "?"]);
  expect(summarizeVisible(7)).toEqual(["one", "1", "two", "2", "three", "3", "?"]);
  expect(summarizeVisible(3)).toEqual(["three", "3", "?"]);
  expect(summarizeVisible(1)).toEqual(["?"]);
});

test("`trim()` omits older results of a current turn that is too long, but never the newest", () => {
  const long = "x".repeat(4000);
  const current = [
    createUserMessage("all of it"),
    ...createToolCallMessages("a", long),
    ...createToolCallMessages("b", long),
    ...createToolCallMessages("c", long),
  ];
  const contents = (maxTokens: number) =>
    trim([], current, { strategy: "sliding_window", maxMessages: 20, maxTokens }).flatMap((message) =>
      message.role === "results" ? message.results.map(({ content }) => content) : [],
    );
  const omitted = expect.stringMatching(/^\(Left out here/);
  expect(contents(2200)).toEqual([omitted, long, long]);
  expect(contents(500)).toEqual([omitted, omitted, long]);
});
