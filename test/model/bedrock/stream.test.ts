import { expect, test } from "bun:test";
import type { Chunking } from "../../bedrock/stream.ts";
import {
  CLAUDE,
  collectOutcome,
  createAssistantMessage,
  createCallPart,
  createResultsMessage,
  createTestBed,
  createUserMessage,
  SEARCH,
  textOf,
  useSharedTestBed,
} from "./setup.ts";

const shared = useSharedTestBed();
const usage = { inputTokens: 7, outputTokens: 9, cacheReadInputTokens: 3, cacheWriteInputTokens: 2 };
const expectedUsage = { inputTokens: 7, outputTokens: 9, cacheReadTokens: 3, cacheWriteTokens: 2 };

for (const chunking of ["event", "joined", { bytes: 5 }] satisfies Chunking[]) {
  test(`reasoning, text and two parallel calls arrive, with chunks of ${JSON.stringify(chunking)}`, async () => {
    const { bedrock, model } = await createTestBed({}, { chunking });
    bedrock.script([
      {
        reasoning: { text: ["Let ", "me"], signature: "c2ln" },
        text: ["Grüße ", "🌍"],
        calls: [
          { name: "search", input: '{"id":9007199254740993}' },
          { name: "search", input: {}, id: "own" },
        ],
        usage,
      },
    ]);
    expect(await collectOutcome(model)).toEqual({
      events: [
        { type: "reasoning", text: "Let " },
        { type: "reasoning", text: "me" },
        { type: "reasoning", text: "", signature: "c2ln" },
        { type: "text", text: "Grüße " },
        { type: "text", text: "🌍" },
        { type: "call", call: { id: "tooluse_1", name: "search", arguments: { id: 9007199254740993n } } },
        { type: "call", call: { id: "own", name: "search", arguments: {} } },
        { type: "end", stopReason: "tool_use", usage: expectedUsage },
      ],
    });
    model.close();
    await bedrock.stop();
  });
}

test("a request contains system prompt, history, inference settings, tools and cache points", async () => {
  const { bedrock, model } = shared();
  bedrock.script([{ text: "ok" }]);
  await collectOutcome(model, {
    temperature: 0.2,
    topP: 0.9,
    messages: [
      createUserMessage("find a and b"),
      createAssistantMessage(
        { type: "reasoning", text: "I should search.", signature: "c2ln" },
        { type: "text", text: "Looking." },
        createCallPart("1", { id: 9007199254740993n }),
        createCallPart("2"),
      ),
      createResultsMessage({ callId: "2", content: "no", status: "failed" }, { callId: "1", content: "a" }),
      createUserMessage("and?"),
    ],
  });
  const point = { cachePoint: { type: "default" } };
  expect(bedrock.requests.at(-1)).toMatchObject({ modelId: CLAUDE, streaming: true, refusal: undefined });
  expect(bedrock.requests.at(-1)?.body).toEqual({
    system: [{ text: "Be kind." }, point],
    messages: [
      { role: "user", content: [{ text: "find a and b" }] },
      {
        role: "assistant",
        content: [
          { text: "Looking." },
          { toolUse: { toolUseId: "1", name: "search", input: { id: 9007199254740993n } } },
          { toolUse: { toolUseId: "2", name: "search", input: {} } },
        ],
      },
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "1", content: [{ text: "a" }] } },
          { toolResult: { toolUseId: "2", content: [{ text: "no" }], status: "error" } },
          point,
        ],
      },
      { role: "assistant", content: [{ text: "(No reply.)" }] },
      { role: "user", content: [{ text: "and?" }, point] },
    ],
    inferenceConfig: { maxTokens: 1000, temperature: 0.2 },
    toolConfig: {
      tools: [
        {
          toolSpec: {
            name: "search",
            description: "Finds things.",
            inputSchema: { json: { type: "object", properties: { q: { type: "string" } } } },
          },
        },
        point,
      ],
    },
  });
});

test("malformed input, an illegal name and a repeated id become calls that can be stored", async () => {
  const { bedrock, model } = shared();
  bedrock.script([
    {
      calls: [
        { name: "functions.search", input: '{"q": ', id: "same" },
        { name: "search", input: "[1]", id: "same" },
      ],
      usage,
    },
  ]);
  expect((await collectOutcome(model)).events).toEqual([
    { type: "call", call: { id: "same", name: "functions_search", arguments: {}, malformed: '{"q": ' } },
    { type: "call", call: { id: "same_2", name: "search", arguments: {}, malformed: "[1]" } },
    { type: "end", stopReason: "tool_use", usage: expectedUsage },
  ]);
});

const reasons = {
  end_turn: "end_turn",
  max_tokens: "max_tokens",
  stop_sequence: "stop_sequence",
  guardrail_intervened: "guardrail",
  content_filtered: "content_filtered",
  malformed_model_output: "malformed",
  malformed_tool_use: "malformed",
  model_context_window_exceeded: "context_exceeded",
  something_new: "end_turn",
};
test("every stop reason is mapped, and an unknown one ends the turn", async () => {
  const { bedrock, model } = shared();
  bedrock.script(Object.keys(reasons).map((stopReason) => ({ text: "x", stopReason, usage })));
  const found: unknown[] = [];
  for (const _ of Object.keys(reasons)) found.push((await collectOutcome(model)).events.at(-1));
  expect(found).toEqual(
    Object.values(reasons).map((stopReason) => ({ type: "end", stopReason, usage: expectedUsage })),
  );
});

test("a family without streaming tools is called without streaming, and its text is split into deltas", async () => {
  const { bedrock, model } = shared();
  const text = "A first line.\n\nAnd a second one, a good deal longer than the first: it goes on and on.\n";
  bedrock.script([{ text, calls: [{ name: "search", input: '{"id":9007199254740993}', id: "1" }], usage }]);
  const outcome = await collectOutcome(model, { model: "mistral.mistral-large-2407-v1:0" });
  expect(bedrock.requests.at(-1)?.streaming).toBe(false);
  expect(textOf(outcome)).toBe(text);
  expect(outcome.events.filter((event) => event.type === "text").length).toBeGreaterThan(2);
  expect(outcome.events.slice(-2)).toEqual([
    { type: "call", call: { id: "1", name: "search", arguments: { id: 9007199254740993n } } },
    { type: "end", stopReason: "tool_use", usage: expectedUsage },
  ]);
});

test("the same family streams a request without tools", async () => {
  const { bedrock, model } = shared();
  bedrock.script([{ text: ["a", "b"], usage }]);
  const { events } = await collectOutcome(model, { model: "mistral.mistral-large-2407-v1:0", tools: [] });
  expect(bedrock.requests.at(-1)?.streaming).toBe(true);
  expect(events).toEqual([
    { type: "text", text: "a" },
    { type: "text", text: "b" },
    { type: "end", stopReason: "end_turn", usage: expectedUsage },
  ]);
});

test("300 concurrent calls do not mix, and the next 300 open no connection", async () => {
  const { bedrock, model } = await createTestBed();
  const count = 300;
  let waiting = 0;
  let all = Promise.withResolvers<void>();
  /** Delays the first event of every response until all requests have arrived. */
  const beforeEvent = (index: number) => {
    if (index > 0) return undefined;
    waiting += 1;
    if (waiting === count) all.resolve();
    return all.promise;
  };
  bedrock.script((request) => ({ text: [JSON.stringify(request.body.messages), "!"], beforeEvent }));
  const ask = (round: string) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const outcome = await collectOutcome(model, {
          messages: [createUserMessage(`${round}${index}`)],
          tools: [],
        });
        return textOf(outcome).includes(`"${round}${index}"`);
      }),
    );
  expect(new Set(await ask("a"))).toEqual(new Set([true]));
  const connections = bedrock.connections;
  waiting = 0;
  all = Promise.withResolvers();
  expect(new Set(await ask("b"))).toEqual(new Set([true]));
  expect([connections, bedrock.connections]).toEqual([count, count]);
  model.close();
  await bedrock.stop();
});

for (const guardrail of [undefined, { id: "gr1", version: "3" }]) {
  test(`each request of a session reads what the previous one wrote to the cache${guardrail ? ", also with a guardrail" : ""}`, async () => {
    const { bedrock, model } = await createTestBed({ guardrail });
    bedrock.script(() => ({ text: "ok" }));
    const tools = Array.from({ length: 30 }, (_, index) => ({ ...SEARCH, name: `tool_${index}` }));
    const messages = [createUserMessage("turn 0")];
    for (let turn = 0; turn < 10; turn += 1) {
      const { events } = await collectOutcome(model, { messages, tools });
      const end = events.at(-1);
      const read = end?.type === "end" ? end.usage.cacheReadTokens : 0;
      if (turn === 0) expect(read).toBe(0);
      else expect(read).toBeGreaterThan(500);
      messages.push(
        createAssistantMessage(createCallPart(`c${turn}`)),
        createResultsMessage({ callId: `c${turn}`, content: "ok" }),
        createAssistantMessage({ type: "text", text: "ok" }),
        createUserMessage(`turn ${turn + 1}`),
      );
    }
    model.close();
    await bedrock.stop();
  });
}
