import { expect, test } from "bun:test";
import fc from "fast-check";
import { CHUNKING_STRATEGIES } from "../../../src/chat/chunking/chunk.ts";
import { buildModelRequest } from "../../../src/chat/context/request.ts";
import { TRIM_STRATEGIES } from "../../../src/chat/context/trim.ts";
import { estimateAllTokens } from "../../../src/chat/tokens.ts";
import { buildConverseBody } from "../../../src/model/bedrock/request.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import { checkCall } from "../../bedrock/check.ts";
import { MODEL } from "../../support/harness.ts";
import { createScriptedModel } from "../../support/scripted-model.ts";
import {
  createAssistantMessage,
  createUserMessage,
  historyArbitrary,
  runningTurnArbitrary,
} from "../histories.ts";
import { LIMITS } from "../turn-limits.ts";

const INPUT = {
  model: MODEL,
  system: "You are.",
  tools: [{ name: "x", description: "x", inputSchema: { type: "object" } }],
  toolTokens: 10,
};
const port = createScriptedModel([], { contextTokens: 1000, maxOutputTokens: 100 });

test("the service accepts every request that is made of any history, notes and messages in chunks", () => {
  const given = fc.record({
    history: fc.record({
      messages: historyArbitrary,
      skipped: fc.nat(100),
      summary: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    }),
    current: runningTurnArbitrary,
    conversationStrategy: fc.constantFrom(...TRIM_STRATEGIES),
    chunkingStrategy: fc.constantFrom(...CHUNKING_STRATEGIES),
    maxConversationMessages: fc.integer({ min: 1, max: 40 }),
    ratio: fc.double({ min: 0.75, max: 8, noNaN: true }),
    maxMessageSize: fc.integer({ min: 1, max: 60 }),
  });
  const capabilities = capabilitiesOf(MODEL);
  fc.assert(
    fc.property(given, ({ history, current, ratio, ...some }) => {
      const limits = { ...LIMITS, chunkSize: 100, chunkOverlap: 10, ...some };
      const measure = { ratio, maxTokens: Number.POSITIVE_INFINITY };
      const request = buildModelRequest(history, current, INPUT, limits, port, measure);
      const body = JSON.parse(JSON.stringify(buildConverseBody(request, capabilities, {})));
      expect(checkCall({ modelId: MODEL, streaming: true, body })).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

test("what a model sees fits what it can read, by what its tokens were found to be, and a smaller model sees less", () => {
  const messages = Array.from({ length: 10 }, (_, n) => [
    createUserMessage(`${n} ${"x".repeat(200)}`),
    createAssistantMessage("y".repeat(200)),
  ]).flat();
  const history = { messages, skipped: 0 };
  const seen = (ratio: number) =>
    buildModelRequest(history, [createUserMessage("?")], INPUT, LIMITS, port, { ratio, maxTokens: 1e9 });
  const room = (ratio: number) => Math.floor(900 / ratio) - 10 - 2;
  for (const ratio of [0.75, 1, 2, 8]) {
    const request = seen(ratio);
    expect(estimateAllTokens(request.messages)).toBeLessThanOrEqual(room(ratio));
    expect(request.messages.at(-1)).toEqual(createUserMessage("?"));
  }
  expect(seen(1).messages.length).toBeGreaterThan(seen(2).messages.length);
  expect(seen(1).refit?.({ contextTokens: 150, maxOutputTokens: 100 })).toEqual([createUserMessage("?")]);
  expect(seen(1).refit?.({ contextTokens: 110, maxOutputTokens: 100 })).toBeUndefined();
});

test("notes take their part of what a model can read, and stand first", () => {
  const messages = Array.from({ length: 10 }, (_, n) => [
    createUserMessage(`${n} ${"x".repeat(200)}`),
    createAssistantMessage("y".repeat(200)),
  ]).flat();
  const notes = "n".repeat(1200);
  const { messages: seen } = buildModelRequest(
    { messages, skipped: 4, summary: notes },
    [createUserMessage("?")],
    INPUT,
    LIMITS,
    port,
  );
  const [first] = seen;
  expect(first?.role === "user" && first.text).toContain(notes);
  expect(estimateAllTokens(seen)).toBeLessThanOrEqual(888);
});
