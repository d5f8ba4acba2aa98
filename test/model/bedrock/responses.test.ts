/** The Responses API of bedrock-runtime and bedrock-mantle: requests, replies, errors, caching, and the change of API. */
import { describe, expect, test } from "bun:test";
import type { Message } from "../../../src/chat/types.ts";
import type { Model } from "../../../src/model/types.ts";
import { pixel } from "../../clients/pixel.ts";
import { createBedrockAt, startSpecchat } from "../../support/harness.ts";
import {
  collectOutcome,
  createCallPart,
  createModelRequest,
  createResultsMessage,
  createTestBed,
  createUserMessage,
  SEARCH,
  textOf,
  useSharedTestBed,
} from "./setup.ts";

const GPT = "us.openai.gpt-5.6-terra";
const stamp = { id: "m", at: "2026-01-01T00:00:00.000Z" };
const noUsage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const assistant = (model: string, ...parts: (Message & { role: "assistant" })["parts"]) =>
  ({ role: "assistant", ...stamp, parts, model, usage: noUsage }) as Message;

const shared = useSharedTestBed();

test("a request has flat tools, items, breakpoints, and neither a limit below 16 nor sampling", async () => {
  const { bedrock, model } = shared();
  bedrock.script([{ text: "ok" }]);
  const bytes = new Uint8Array(Buffer.from(pixel, "base64"));
  const outcome = await collectOutcome(model, {
    model: GPT,
    maxTokens: 1,
    temperature: 0.5,
    topP: 0.5,
    session: "s-1",
    toolChoice: { tool: "search" },
    messages: [
      {
        ...createUserMessage("look"),
        files: [{ name: "p.png", contents: { kind: "image", format: "png", width: 1, height: 1 }, bytes }],
      } as Message,
      assistant(GPT, { type: "text", text: "Looking." }, createCallPart("c/1", { id: 9007199254740993n })),
      createResultsMessage({ callId: "c/1", content: "a", status: "failed" }),
      createUserMessage("and?"),
    ],
  });
  expect(textOf(outcome)).toBe("ok");
  const { body, refusal, surface, headers } = bedrock.requests.at(-1) ?? {};
  const breakpoint = { prompt_cache_breakpoint: { mode: "explicit" } };
  expect([refusal, surface, headers?.get("authorization")]).toEqual([
    undefined,
    "responses",
    expect.stringContaining("/us-east-1/bedrock/aws4_request"),
  ]);
  expect(body).toEqual({
    model: GPT,
    input: [
      { role: "developer", content: [{ type: "input_text", text: "Be kind.", ...breakpoint }] },
      {
        role: "user",
        content: [
          { type: "input_image", image_url: `data:image/png;base64,${pixel}` },
          { type: "input_text", text: "look" },
        ],
      },
      { role: "assistant", content: "Looking." },
      { type: "function_call", call_id: "c_1", name: "search", arguments: '{"id":9007199254740993}' },
      {
        type: "function_call_output",
        call_id: "c_1",
        output: [{ type: "input_text", text: "a", ...breakpoint }],
      },
      { role: "assistant", content: "(No reply.)" },
      { role: "user", content: [{ type: "input_text", text: "and?", ...breakpoint }] },
    ],
    tools: [
      {
        type: "function",
        name: "search",
        description: "Finds things.",
        parameters: SEARCH.inputSchema,
        strict: false,
      },
    ],
    tool_choice: { type: "function", name: "search" },
    max_output_tokens: 16,
    prompt_cache_options: { mode: "explicit" },
    prompt_cache_key: expect.stringMatching(/^[a-z0-9]+$/),
    reasoning: { effort: "none" },
    store: false,
    stream: true,
  });
});

test("the model of bedrock-mantle gets a bare id, instructions, and a signature for that service", async () => {
  const { bedrock, model } = shared();
  for (const [id, effort] of [
    ["google.gemma-4-31b", "none"],
    ["openai.gpt-5.5", "none"],
    ["xai.grok-4.3", "low"],
  ] as const) {
    bedrock.script([{ text: "ok" }]);
    expect([id, textOf(await collectOutcome(model, { model: id }))]).toEqual([id, "ok"]);
    const { body, surface, headers } = bedrock.requests.at(-1) ?? {};
    expect([surface, headers?.get("authorization")]).toEqual([
      "mantle /openai/v1",
      expect.stringContaining("/us-east-1/bedrock-mantle/aws4_request"),
    ]);
    expect(body).toMatchObject({ model: id, instructions: "Be kind.", reasoning: { effort } });
  }
});

test("events become reasoning, text and calls with unique ids; cached tokens are counted once", async () => {
  const { bedrock, model } = shared();
  const usage = { input_tokens: 100, output_tokens: 7 };
  bedrock.script([
    {
      reasoning: { text: ["I ", "think."], redacted: "gAAA" },
      text: ["On", "e"],
      calls: [
        { name: "search", input: { q: "a" }, id: "call_0" },
        { name: "kb.search", input: '{"q": ', id: "call_0" },
      ],
      usage: { ...usage, input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } as never },
    },
  ]);
  expect((await collectOutcome(model, { model: "global.openai.gpt-6-luna" })).events).toEqual([
    { type: "reasoning", text: "I " },
    { type: "reasoning", text: "think." },
    { type: "reasoning", text: "", signature: "rs_0 gAAA" },
    { type: "text", text: "On" },
    { type: "text", text: "e" },
    { type: "call", call: { id: "call_0", name: "search", arguments: { q: "a" } } },
    { type: "call", call: { id: "call_0_2", name: "kb_search", arguments: {}, malformed: '{"q": ' } },
    {
      type: "end",
      stopReason: "tool_use",
      usage: { inputTokens: 10, outputTokens: 7, cacheReadTokens: 60, cacheWriteTokens: 30 },
    },
  ]);
});

test("encrypted reasoning is sent back to the model that wrote it, before its call", async () => {
  const { bedrock, model } = shared();
  const id = "global.openai.gpt-6-sol";
  bedrock.script([
    { reasoning: { text: "", redacted: "gBBB" }, calls: [{ name: "search", input: {}, id: "c1" }] },
    { text: "done" },
    { text: "other" },
  ]);
  const { events } = await collectOutcome(model, { model: id });
  const signature = events.flatMap((event) => (event.type === "reasoning" ? [event.signature] : []))[0] ?? "";
  const messages = [
    createUserMessage("hi"),
    assistant(id, { type: "reasoning", text: "", signature }, createCallPart("c1")),
    createResultsMessage({ callId: "c1", content: "a" }),
  ];
  expect(textOf(await collectOutcome(model, { model: id, messages }))).toBe("done");
  const sent = bedrock.requests.at(-1);
  expect(sent?.body).toMatchObject({
    include: ["reasoning.encrypted_content"],
    input: [
      { role: "developer" },
      { role: "user" },
      { type: "reasoning", id: "rs_0", summary: [], encrypted_content: "gBBB" },
      { type: "function_call", call_id: "c1" },
      { type: "function_call_output", call_id: "c1" },
    ],
  });
  expect(textOf(await collectOutcome(model, { model: "global.openai.gpt-6-astra", messages }))).toBe("other");
  expect(JSON.stringify(bedrock.requests.at(-1)?.body.input)).not.toContain("gBBB");
});

test("reasoning that the service cannot decrypt is left out, and the call repeated", async () => {
  const { bedrock, model, warnings } = await createTestBed();
  const id = "us.openai.gpt-6.1-sol";
  bedrock.script([{ text: "fine" }]);
  const messages = [
    createUserMessage("hi"),
    assistant(
      id,
      { type: "reasoning", text: "", signature: "rs_9 forged" },
      { type: "text", text: "Hello." },
    ),
    createUserMessage("again"),
  ];
  expect(textOf(await collectOutcome(model, { model: id, messages }))).toBe("fine");
  expect(warnings).toEqual([`${id} refuses the reasoning of earlier turns; it is left out.`]);
  await bedrock.stop();
});

describe("a failure", () => {
  const cases = [
    [
      "throttled",
      { error: { status: 429, type: "ThrottlingException", message: "Rate limit reached" } },
      true,
    ],
    [
      "model_unavailable",
      { error: { status: 503, type: "ServiceUnavailableException", message: "busy" } },
      true,
    ],
    ["model_unavailable", { error: { status: 500, type: "InternalServerException", message: "oops" } }, true],
    ["access_denied", { error: { status: 403, type: "ExpiredTokenException", message: "expired" } }, false],
    [
      "access_denied",
      { error: { status: 401, type: "invalid_api_key", message: "Incorrect API key" } },
      false,
    ],
    ["model_refused", { error: { status: 400, type: "invalid_request_error", message: "no" } }, false],
    ["model_unavailable", { error: { status: 404, type: "model_not_found", message: "gone" } }, false],
  ] as const;
  for (const [code, response, retryable] of cases)
    test(`${response.error.type} becomes ${code}`, async () => {
      const { bedrock, model } = shared();
      bedrock.script(() => response);
      const { error } = await collectOutcome(model, { model: "openai.gpt-5.4" });
      expect([error?.code, error?.retryable]).toEqual([code, retryable]);
    });

  test("in the stream ends the reply as an interruption; a cut stream too", async () => {
    const { bedrock, model } = shared();
    const faults = [
      { exception: "server_error", message: "The server had an error" },
      "clean_end",
      "half_frame",
      "bad_crc",
      "reset",
    ] as const;
    const codes = [];
    for (const kind of faults) {
      bedrock.script(() => ({ text: ["a", "b"], fault: { after: "deltas" as const, kind } }));
      const { error } = await collectOutcome(model, { model: "openai.gpt-5.4" });
      codes.push(error?.code);
    }
    expect(codes).toEqual([
      "model_unavailable",
      "stream_interrupted",
      "stream_interrupted",
      "stream_interrupted",
      "stream_interrupted",
    ]);
  });

  test("before any output is retried", async () => {
    const { bedrock, model, delays } = shared();
    bedrock.script([
      {
        error: { status: 429, type: "ThrottlingException", message: "slow", headers: { "retry-after": "2" } },
      },
      { text: "now" },
    ]);
    expect(textOf(await collectOutcome(model, { model: "openai.gpt-5.4" }))).toBe("now");
    expect(delays).toEqual([2000]);
  });
});

test("a stream that goes silent ends with a timeout", async () => {
  const { bedrock, model } = await createTestBed({ idleTimeoutMs: 300, maxRetries: 0 });
  bedrock.script([{ text: ["a", "b"], fault: { after: 2, kind: "silence" } }]);
  const { error } = await collectOutcome(model, { model: GPT });
  expect(error?.code).toBe("model_timeout");
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  model.close();
  await bedrock.stop();
});

test("a truncated reply says so, and its last call is malformed", async () => {
  const { bedrock, model } = shared();
  bedrock.script([
    { calls: [{ name: "search", input: '{"q": "lo', id: "c1" }], stopReason: "max_tokens" },
    { text: "x", stopReason: "content_filtered" },
  ]);
  const first = await collectOutcome(model, { model: GPT });
  expect(first.events.map((event) => (event.type === "call" ? event.call.malformed : event.type))).toEqual([
    '{"q": "lo',
    "end",
  ]);
  expect(first.events.at(-1)).toMatchObject({ stopReason: "max_tokens" });
  expect((await collectOutcome(model, { model: GPT })).events.at(-1)).toMatchObject({
    stopReason: "content_filtered",
  });
});

test("a role that may use Converse alone is served by it from then on", async () => {
  const { bedrock, model, warnings } = await createTestBed();
  const denied = {
    error: {
      status: 403,
      type: "AccessDeniedException",
      message:
        "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:1:project/default",
    },
  };
  bedrock.script(({ surface }) => (surface === "converse" ? { text: "hello" } : denied));
  expect(textOf(await collectOutcome(model, { model: GPT }))).toBe("hello");
  expect(textOf(await collectOutcome(model, { model: GPT }))).toBe("hello");
  expect(bedrock.requests.map(({ surface }) => surface)).toEqual(["responses", "converse", "converse"]);
  expect(warnings).toEqual([`${GPT} is called with another API, because the preferred one refused it.`]);
  await bedrock.stop();
});

test("reasoning is sent back to the API that wrote it, and left out of requests of the other one", async () => {
  const { bedrock, model } = await createTestBed();
  const id = "us.openai.gpt-6-sol";
  const denied = { status: 403, type: "AccessDeniedException", message: "not authorized to perform: x:Y" };
  const replyFrom = (api: string) => ({
    reasoning: { text: "", redacted: Buffer.from(api).toString("base64") },
    calls: [{ name: "search", input: {}, id: `call-${api}` }],
  });
  const messages: Message[] = [createUserMessage("go")];
  const ask = async (port: Model) => {
    const { events, error } = await collectOutcome(port, { model: id, messages });
    const parts = events.flatMap((event): (Message & { role: "assistant" })["parts"] =>
      event.type === "reasoning"
        ? [event]
        : event.type === "call"
          ? [{ type: "call", call: event.call }]
          : [],
    );
    const [call] = parts.flatMap((part) => (part.type === "call" ? [part.call] : []));
    messages.push(assistant(id, ...parts), createResultsMessage({ callId: call?.id ?? "", content: "r" }));
    return error;
  };
  bedrock.script([
    replyFrom("responses"),
    { error: denied },
    replyFrom("converse"),
    replyFrom("converse again"),
  ]);
  const errors = [await ask(model), await ask(model), await ask(model)];
  const restarted = createBedrockAt(bedrock.url);
  bedrock.script([replyFrom("responses again")]);
  errors.push(await ask(restarted));
  expect(errors).toEqual([undefined, undefined, undefined, undefined]);
  expect(bedrock.requests.map(({ surface, refusal }) => refusal?.message ?? surface)).toEqual([
    "responses",
    "responses",
    "converse",
    "converse",
    "responses",
  ]);
  const reasoning = bedrock.requests.map(({ body }) =>
    [...JSON.stringify(body).matchAll(/"(?:redactedContent|encrypted_content)":"([^"]*)"/g)].map(
      ([, text = ""]) => Buffer.from(text, "base64").toString(),
    ),
  );
  expect(reasoning).toEqual([[], ["responses"], [], ["converse"], ["responses"]]);
  model.close();
  restarted.close();
  await bedrock.stop();
});

test("with a guardrail GPT is called with Converse, and models of bedrock-mantle alone are not called", async () => {
  const { bedrock, model } = await createTestBed({ guardrail: { id: "g", version: "1" } });
  bedrock.script([{ text: "guarded" }]);
  expect(textOf(await collectOutcome(model, { model: GPT }))).toBe("guarded");
  const { error } = await collectOutcome(model, { model: "google.gemma-4-31b" });
  expect([error?.code, error?.message]).toEqual([
    "model_unavailable",
    "google.gemma-4-31b (Gemma 4 31B) is served by bedrock-mantle, where guardrails do not work: choose another model, or unset the guardrail.",
  ]);
  expect(bedrock.requests.map(({ surface }) => surface)).toEqual(["converse"]);
  await bedrock.stop();
});

test("the start says which models a guardrail or an ARN keeps from their preferred API", async () => {
  const arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.openai.gpt-5.6-terra";
  const warningsOf = async (...argv: readonly string[]) => {
    const specchat = await startSpecchat({ argv, useDemoModel: false });
    const { warnings } = specchat.app;
    await specchat.stop();
    return warnings.filter((warning) => /Converse|guardrails/.test(warning));
  };
  expect(await warningsOf("--model", GPT)).toEqual([]);
  expect(await warningsOf("--model", arn)).toEqual([
    `${arn} (GPT-5.6 Terra) is called with Converse, because it is set by an ARN. Its prompts are not cached; the Responses API would cache them.`,
  ]);
  const models = `${GPT},google.gemma-4-31b,amazon.nova-micro-v1:0`;
  expect(await warningsOf("--model", GPT, "--models", models, "--guardrail-id", "g")).toEqual([
    `${GPT} (GPT-5.6 Terra) is called with Converse, because a guardrail is set. Its prompts are not cached; the Responses API would cache them.`,
    "google.gemma-4-31b (Gemma 4 31B) is served by bedrock-mantle, where guardrails do not work: it will not be called.",
  ]);
});

test("a prefix is read from the cache in every later turn", async () => {
  const { bedrock, model } = shared();
  const system = "word ".repeat(2000);
  const messages: Message[] = [];
  const reads: number[] = [];
  for (const question of ["one", "two", "three"]) {
    messages.push(createUserMessage(question));
    bedrock.script([{ text: "ok" }]);
    const request = createModelRequest({ model: GPT, system, messages: [...messages] });
    const end = (await collectOutcome(model, request)).events.at(-1);
    if (end?.type === "end") reads.push(end.usage.cacheReadTokens);
    messages.push(assistant(GPT, { type: "text", text: "ok" }));
  }
  expect(reads[0]).toBe(0);
  expect(reads.slice(1).every((tokens) => tokens > 2400)).toBe(true);
});
