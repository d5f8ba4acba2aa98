import { expect, test } from "bun:test";
import fc from "fast-check";
import type { AssistantPart, Message } from "../../../src/chat/types.ts";
import { inlineSystemPrompt } from "../../../src/model/bedrock/inline-system-prompt.ts";
import { buildConverseBody } from "../../../src/model/bedrock/request.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import { checkCall } from "../../bedrock/check.ts";
import { isRecord } from "../../bedrock/refusal.ts";
import { MODEL_IDS } from "./ids.ts";
import {
  CLAUDE,
  createAssistantMessage,
  createCallPart,
  createModelRequest,
  createResultsMessage,
  createUserMessage,
  SEARCH,
} from "./setup.ts";

const text = fc.oneof(fc.string(), fc.constantFrom("", " ", "\n\t", "hello", "\ud800", "🌍"));
const id = fc.oneof(fc.constantFrom("a", "b", "c", ""), fc.string({ maxLength: 80 }));
const name = fc.oneof(fc.constantFrom("search", "kb.search", ""), fc.string({ maxLength: 80 }));
const args = fc.oneof(
  fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.bigInt())),
  fc.constant({ list: [null, 1n] }),
);
const part: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text }),
  fc.record({ type: fc.constant("reasoning" as const), text }),
  fc.record({ type: fc.constant("reasoning" as const), text, signature: fc.constant("c2ln") }),
  fc.record({
    type: fc.constant("reasoning" as const),
    text: fc.constant(""),
    redacted: fc.constant("AAEC"),
  }),
  fc.record({ type: fc.constant("call" as const), call: fc.record({ id, name, arguments: args }) }),
);
const message: fc.Arbitrary<Message> = fc.oneof(
  text.map(createUserMessage),
  fc.array(part, { maxLength: 4 }).map((parts) => createAssistantMessage(...parts)),
  fc
    .array(
      fc.record({ callId: id, content: text, status: fc.constantFrom("ok" as const, "failed" as const) }),
      { maxLength: 4 },
    )
    .map((list) => createResultsMessage(...list)),
);

test("any history, even a damaged one, becomes a request that every family accepts", () => {
  const requests = fc.record({
    model: fc.constantFrom(...MODEL_IDS),
    messages: fc.array(message, { maxLength: 8 }),
    system: text,
    withTools: fc.boolean(),
    temperature: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    topP: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    maxTokens: fc.integer({ min: 1, max: 1_000_000 }),
    reasoningTokens: fc.option(fc.integer({ min: 1, max: 50_000 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(requests, ({ withTools, reasoningTokens, ...request }) => {
      const capabilities = capabilitiesOf(request.model);
      const tools = withTools && capabilities.tools !== "none" ? [SEARCH] : [];
      const complete = createModelRequest({ ...request, tools });
      const fitted = capabilities.systemPrompt ? complete : inlineSystemPrompt(complete);
      const body = buildConverseBody(fitted, capabilities, { stopSequences: ["END"], reasoningTokens });
      const streaming = capabilities.streaming && (tools.length === 0 || capabilities.tools === "streaming");
      expect(
        checkCall({ modelId: request.model, streaming, body: isRecord(body) ? body : {} }),
      ).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

const haiku = capabilitiesOf(CLAUDE);
const messagesOf = (...messages: Message[]) =>
  buildConverseBody(createModelRequest({ messages }), haiku, { cachePoints: false }).messages;

test("a call without a result gets a failed one, and a result without a call is omitted", () => {
  expect(
    messagesOf(
      createUserMessage("a"),
      createAssistantMessage(createCallPart("1"), createCallPart("2")),
      createResultsMessage({ callId: "2", content: "two" }, { callId: "9", content: "nobody asked" }),
      createUserMessage("b"),
    ),
  ).toEqual([
    { role: "user", content: [{ text: "a" }] },
    {
      role: "assistant",
      content: [
        { toolUse: { toolUseId: "1", name: "search", input: {} } },
        { toolUse: { toolUseId: "2", name: "search", input: {} } },
      ],
    },
    {
      role: "user",
      content: [
        {
          toolResult: {
            toolUseId: "1",
            content: [{ text: "The call was interrupted before it had a result." }],
            status: "error",
          },
        },
        { toolResult: { toolUseId: "2", content: [{ text: "two" }] } },
      ],
    },
    { role: "assistant", content: [{ text: "(No reply.)" }] },
    { role: "user", content: [{ text: "b" }] },
  ]);
});

test("a note follows the last result", () => {
  const results = createResultsMessage({ callId: "1", content: "one" }, { callId: "2", content: "two" });
  expect(
    messagesOf(createUserMessage("a"), createAssistantMessage(createCallPart("1"), createCallPart("2")), {
      ...results,
      note: "Reply now.",
    } as Message).at(-1)?.content,
  ).toEqual([
    { toolResult: { toolUseId: "1", content: [{ text: "one" }] } },
    { toolResult: { toolUseId: "2", content: [{ text: "two\n\nReply now." }] } },
  ]);
});

test("two calls with the same id get different ids, with their results in order", () => {
  expect(
    messagesOf(
      createUserMessage("a"),
      createAssistantMessage(createCallPart("x"), createCallPart("x")),
      createResultsMessage({ callId: "x", content: "first" }, { callId: "x", content: "second" }),
    ).at(-1),
  ).toEqual({
    role: "user",
    content: [
      { toolResult: { toolUseId: "x", content: [{ text: "first" }] } },
      { toolResult: { toolUseId: "x_2", content: [{ text: "second" }] } },
    ],
  });
});

test("in a request without tools, earlier calls and results become text", () => {
  const body = buildConverseBody(
    createModelRequest({
      tools: [],
      messages: [
        createUserMessage("a"),
        createAssistantMessage(createCallPart("1", { id: 9007199254740993n })),
        createResultsMessage({ callId: "1", content: "found" }),
      ],
    }),
    haiku,
    { cachePoints: false },
  );
  expect(body.toolConfig).toBeUndefined();
  expect(body.messages).toEqual([
    { role: "user", content: [{ text: "a" }] },
    {
      role: "assistant",
      content: [{ text: '<tool_call>\n{"name":"search","arguments":{"id":9007199254740993}}\n</tool_call>' }],
    },
    { role: "user", content: [{ text: '<tool_result name="search" status="ok">\nfound\n</tool_result>' }] },
  ]);
});

test("the signed reasoning of another model is omitted", () => {
  const messages = [
    createUserMessage("a"),
    createAssistantMessage({ type: "reasoning", text: "hm", signature: "c2ln" }, { type: "text", text: "b" }),
    createUserMessage("c"),
  ];
  const model = "us.anthropic.claude-sonnet-4-6";
  const body = buildConverseBody(createModelRequest({ model, messages }), capabilitiesOf(model), {
    cachePoints: false,
  });
  expect(body.messages[1]).toEqual({ role: "assistant", content: [{ text: "b" }] });
});

test("reasoning is enabled with the parameters of each family", () => {
  const parametersOf = (model: string) => {
    const body = buildConverseBody(createModelRequest({ model, temperature: 0.5 }), capabilitiesOf(model), {
      reasoningTokens: 4000,
    });
    return [body.inferenceConfig, body.additionalModelRequestFields];
  };
  expect(parametersOf(CLAUDE)).toEqual([
    { maxTokens: 5000 },
    { thinking: { type: "enabled", budget_tokens: 4000 } },
  ]);
  expect(parametersOf("us.anthropic.claude-opus-4-7")).toEqual([
    { maxTokens: 5000 },
    { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "medium" } },
  ]);
  expect(parametersOf("us.amazon.nova-2-lite-v1:0")).toEqual([
    { maxTokens: 5000 },
    { reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" } },
  ]);
  expect(parametersOf("openai.gpt-oss-120b-1:0")).toEqual([
    { maxTokens: 5000 },
    { reasoning_effort: "medium" },
  ]);
  expect(parametersOf("cohere.command-r-v1:0")).toEqual([{ maxTokens: 1000, temperature: 0.5 }, undefined]);
});

test("the same request serializes to the same text", () => {
  const body = () => JSON.stringify(buildConverseBody(createModelRequest(), haiku, {}));
  expect(body()).toBe(body());
});

test("a guardrail and stop sequences are part of the request", () => {
  const body = buildConverseBody(createModelRequest(), haiku, {
    stopSequences: ["END"],
    guardrail: { id: "gr1", version: "3" },
  });
  expect([body.inferenceConfig.stopSequences, body.guardrailConfig]).toEqual([
    ["END"],
    { guardrailIdentifier: "gr1", guardrailVersion: "3", trace: "enabled" },
  ]);
  expect(checkCall({ modelId: CLAUDE, streaming: true, body: isRecord(body) ? body : {} })).toBeUndefined();
});

test("a call id repeated in a later turn is replaced, together with that of its result", () => {
  const sent = messagesOf(
    createUserMessage("a"),
    createAssistantMessage(createCallPart("x")),
    createResultsMessage({ callId: "x", content: "first" }),
    createAssistantMessage(createCallPart("x")),
    createResultsMessage({ callId: "x", content: "second" }),
  );
  expect(sent.slice(3)).toEqual([
    { role: "assistant", content: [{ toolUse: { toolUseId: "x_2", name: "search", input: {} } }] },
    { role: "user", content: [{ toolResult: { toolUseId: "x_2", content: [{ text: "second" }] } }] },
  ]);
});

test("reasoning is sent back to the model that wrote it, with or without a region in its name", () => {
  const opus = "eu.anthropic.claude-opus-4-5-20251101-v1:0";
  const thought = { type: "reasoning", text: "Hm.", signature: "c2ln" } as const;
  const from = (model: string): Message =>
    ({ ...createAssistantMessage(thought, createCallPart("1")), model }) as Message;
  const first = (model: string) =>
    buildConverseBody(
      createModelRequest({
        model: opus,
        messages: [createUserMessage("a"), from(model), createResultsMessage({ callId: "1", content: "r" })],
      }),
      capabilitiesOf(opus),
      { reasoningTokens: 2000 },
    ).messages[1]?.content[0];
  const reasoning = { reasoningContent: { reasoningText: { text: "Hm.", signature: "c2ln" } } };
  expect([opus, `eu-west-1/${opus}`, `${opus}@eu-west-1`].map(first)).toEqual([
    reasoning,
    reasoning,
    reasoning,
  ]);
  expect(first("us.anthropic.claude-opus-4-8")).toEqual({
    toolUse: { toolUseId: "1", name: "search", input: {} },
  });
});
