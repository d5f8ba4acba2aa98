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

test("Bedrock accepts every request built from any history, summary and chunked messages", () => {
  const inputs = fc.record({
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
    fc.property(inputs, ({ history, current, ratio, ...settings }) => {
      const limits = { ...LIMITS, chunkSize: 100, chunkOverlap: 10, ...settings };
      const calibration = { ratio, maxTokens: Number.POSITIVE_INFINITY };
      const request = buildModelRequest(history, current, INPUT, limits, port, calibration);
      const body = JSON.parse(JSON.stringify(buildConverseBody(request, capabilities, {})));
      expect(checkCall({ modelId: MODEL, streaming: true, body })).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

test("a request fits the context at every token ratio, and `refit()` fits it to a smaller model", () => {
  const messages = Array.from({ length: 10 }, (_, n) => [
    createUserMessage(`${n} ${"x".repeat(200)}`),
    createAssistantMessage("y".repeat(200)),
  ]).flat();
  const history = { messages, skipped: 0 };
  const requestWith = (ratio: number) =>
    buildModelRequest(history, [createUserMessage("?")], INPUT, LIMITS, port, { ratio, maxTokens: 1e9 });
  const budget = (ratio: number) => Math.floor(900 / ratio) - 10 - 2;
  for (const ratio of [0.75, 1, 2, 8]) {
    const request = requestWith(ratio);
    expect(estimateAllTokens(request.messages)).toBeLessThanOrEqual(budget(ratio));
    expect(request.messages.at(-1)).toEqual(createUserMessage("?"));
  }
  expect(requestWith(1).messages.length).toBeGreaterThan(requestWith(2).messages.length);
  expect(requestWith(1).refit?.({ contextTokens: 150, maxOutputTokens: 100 })).toEqual([
    createUserMessage("?"),
  ]);
  expect(requestWith(1).refit?.({ contextTokens: 110, maxOutputTokens: 100 })).toBeUndefined();
});

test("the summary is the first message and counts towards the context", () => {
  const messages = Array.from({ length: 10 }, (_, n) => [
    createUserMessage(`${n} ${"x".repeat(200)}`),
    createAssistantMessage("y".repeat(200)),
  ]).flat();
  const summary = "n".repeat(1200);
  const { messages: visible } = buildModelRequest(
    { messages, skipped: 4, summary },
    [createUserMessage("?")],
    INPUT,
    LIMITS,
    port,
  );
  const [first] = visible;
  expect(first?.role === "user" && first.text).toContain(summary);
  expect(estimateAllTokens(visible)).toBeLessThanOrEqual(888);
});
