/** The openai protocol with the official client: a real server, the Bedrock stand-in, an API that records its requests. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import type { ChatCompletionChunk, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { type StandIn, startBedrock, THROTTLED } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { pixel } from "./pixel.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let client: OpenAI;

async function start(...argv: string[]): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: createBedrockAt(bedrock.url),
  });
  client = new OpenAI({ baseURL: `${specchat.url}/v1`, apiKey: "anything", maxRetries: 0 });
}

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi();
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

const user = (content: string) => ({ role: "user", content }) as const;
const ID = expect.stringMatching(/^chatcmpl-[\da-f-]{36}$/);
const NO_TOOLS_SAID = { prompt_tokens: expect.any(Number), total_tokens: expect.any(Number) };

/** Returns the rejection of a promise. `rejects` does not support the client's promise class. */
async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/** Returns the n-th model request, without cache points. */
function sent(index: number) {
  const body = bedrock.requests[index]?.body as {
    system?: { text?: string }[];
    messages: { role: string; content: Record<string, unknown>[] }[];
    toolConfig?: { tools: { toolSpec?: { name: string } }[] };
    inferenceConfig: object;
  };
  return {
    system: (body.system ?? []).flatMap(({ text }) => text ?? []).join("\n"),
    messages: body.messages.map(({ role, content }) => ({
      role,
      content: content.filter((block) => !("cachePoint" in block)),
    })),
    tools: body.toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec?.name ?? []),
    inference: body.inferenceConfig,
  };
}

/** Returns a chunk without the fields that all chunks share. */
function bare({ id, created, model, object, ...rest }: ChatCompletionChunk): object {
  expect({ id, model, object }).toEqual({ id: ID, model: MODEL, object: "chat.completion.chunk" });
  expect(created).toBeGreaterThan(1_700_000_000);
  return rest;
}

const choice = (delta: object, finish: string | null = null) => ({
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
});

test("A reply streams; calls that we run are in extension fields, never in tool_calls.", async () => {
  await start();
  bedrock.script([
    { text: "Let me look.", calls: [{ name: "getThing", input: { id: "7" } }] },
    { text: ["It is ", "thing 7."] },
  ]);
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: [user("What is thing 7?")],
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await Array.fromAsync(stream, bare);
  const usage = { usage: null };
  expect(chunks).toEqual([
    { ...choice({ role: "assistant", content: "" }), ...usage },
    { ...choice({ content: "Let me look." }), ...usage },
    {
      ...choice({}),
      ...usage,
      specchat: {
        type: "tool_call",
        tool_call_id: "tooluse_1",
        name: "getThing",
        arguments: { id: "7" },
        method: "GET",
        path: "/things/{id}",
        summary: "Get a thing",
      },
    },
    {
      ...choice({}),
      ...usage,
      specchat: {
        type: "tool_result",
        tool_call_id: "tooluse_1",
        name: "getThing",
        status: "ok",
        result: expect.stringContaining("thing 7"),
        http_status: 200,
        duration_ms: expect.any(Number),
      },
    },
    { ...choice({ content: "\n\n" }), ...usage },
    { ...choice({ content: "It is " }), ...usage },
    { ...choice({ content: "thing 7." }), ...usage },
    { ...choice({}, "stop"), ...usage },
    {
      choices: [],
      usage: {
        ...NO_TOOLS_SAID,
        completion_tokens: expect.any(Number),
        prompt_tokens_details: { cached_tokens: expect.any(Number) },
      },
    },
  ]);
  expect(api.requests).toEqual(["GET /things/7"]);
});

test("Without streaming, the same reply is one body.", async () => {
  await start();
  bedrock.script([
    { calls: [{ name: "getThing", input: { id: "7" } }], usage: { inputTokens: 10, outputTokens: 5 } },
    { text: "It is thing 7.", usage: { inputTokens: 20, outputTokens: 7 } },
  ]);
  const answer = await client.chat.completions.create({ model: MODEL, messages: [user("What is thing 7?")] });
  expect<object>(answer).toEqual({
    id: ID,
    object: "chat.completion",
    created: expect.any(Number),
    model: MODEL,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "It is thing 7.", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      ...NO_TOOLS_SAID,
      completion_tokens: 12,
      prompt_tokens_details: { cached_tokens: expect.any(Number) },
    },
    specchat: [
      expect.objectContaining({ type: "tool_call", name: "getThing", arguments: { id: "7" } }),
      expect.objectContaining({ type: "tool_result", name: "getThing", status: "ok" }),
    ],
  });
  const { usage } = answer;
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + 12);
});

test("The request carries the history, the client's instructions follow ours, and nothing is stored.", async () => {
  await start("--system-prompt", "You are ours.");
  bedrock.script([{ text: "Green." }]);
  await client.chat.completions.create({
    model: MODEL,
    messages: [
      { role: "system", content: "Answer with one word." },
      user("My colour is green."),
      { role: "assistant", content: "Noted." },
      { role: "developer", content: [{ type: "text", text: "Be kind." }] },
      user("Which is my colour?"),
    ],
  });
  expect(sent(0).messages).toEqual([
    { role: "user", content: [{ text: "My colour is green." }] },
    { role: "assistant", content: [{ text: "Noted." }] },
    { role: "user", content: [{ text: "Which is my colour?" }] },
  ]);
  const [before, after] = sent(0).system.split("[What follows comes from the application");
  expect(before).toStartWith("You are ours.");
  expect(before).not.toContain("one word");
  expect(after).toEndWith("Answer with one word.\n\nBe kind.");
  expect(await Array.fromAsync(specchat.app.store.ids())).toEqual([]);
});

const WEATHER = {
  type: "function",
  function: {
    name: "weather",
    description: "Tells the weather.",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
} as const;

describe("A client that sends its own tools", () => {
  test("receives their calls and runs them; ours are switched off with --client-tools instead.", async () => {
    await start("--client-tools", "instead");
    bedrock.script([
      {
        text: "I look.",
        calls: [
          { name: "weather", input: { city: "Rome" } },
          { name: "weather", input: { city: "Oslo" } },
        ],
        usage: { inputTokens: 100, outputTokens: 11 },
      },
      { text: "Sun and rain.", usage: { inputTokens: 100, outputTokens: 13 } },
    ]);
    const messages: ChatCompletionMessageParam[] = [user("How is the weather?")];
    const body = { model: MODEL, tools: [WEATHER] };
    const first = await client.chat.completions.create({ ...body, messages });
    const calls = [
      { id: "tooluse_1", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
      { id: "tooluse_2", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
    ] as const;
    expect<unknown>(first.choices).toEqual([
      {
        index: 0,
        message: { role: "assistant", content: "I look.", refusal: null, tool_calls: calls },
        logprobs: null,
        finish_reason: "tool_calls",
      },
    ]);
    expect(first.usage?.completion_tokens).toBe(11);
    expect("specchat" in first).toBe(false);
    messages.push(
      { role: "assistant", content: "I look.", tool_calls: [...calls] },
      { role: "tool", tool_call_id: "tooluse_2", content: "Rain." },
      { role: "tool", tool_call_id: "tooluse_1", content: "Sun." },
    );
    const stream = await client.chat.completions.create({
      ...body,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    const text = chunks.map(({ choices: [choice] }) => choice?.delta.content ?? "").join("");
    expect([text, chunks.at(-1)?.usage?.completion_tokens]).toEqual(["Sun and rain.", 13]);
    expect([sent(0).tools, sent(1).tools]).toEqual([["weather"], ["weather"]]);
    expect(sent(0).system).toBe("");
    expect(sent(1).messages).toEqual([
      { role: "user", content: [{ text: "How is the weather?" }] },
      {
        role: "assistant",
        content: [
          { text: "I look." },
          { toolUse: { toolUseId: "tooluse_1", name: "weather", input: { city: "Rome" } } },
          { toolUse: { toolUseId: "tooluse_2", name: "weather", input: { city: "Oslo" } } },
        ],
      },
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "tooluse_1", content: [{ text: "Sun." }] } },
          { toolResult: { toolUseId: "tooluse_2", content: [{ text: "Rain." }] } },
        ],
      },
    ]);
    expect(api.requests).toEqual([]);
    const metrics = await (await fetch(`${specchat.url}/metrics`)).text();
    expect(metrics).toContain('bedrock_chat_requests_total{outcome="answered",reason="handed_over"} 1');
    expect(metrics).toMatch(/bedrock_chat_tokens_total\{model="[^"]+",kind="output"\} 24/);
  });

  test("receives deltas that it joins to complete calls.", async () => {
    await start();
    bedrock.script([{ calls: [{ name: "weather", input: { city: "Rome" } }] }]);
    const final = await client.chat.completions
      .stream({ model: MODEL, tools: [WEATHER], messages: [user("How is the weather?")] })
      .finalChatCompletion();
    expect(final.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: "",
        tool_calls: [{ id: "tooluse_1", function: { name: "weather", arguments: '{"city":"Rome"}' } }],
      },
    });
  });

  test("may exceed our limit of rounds, and a missing result counts as failed.", async () => {
    await start("--max-tool-calls", "2", "--max-tool-call-rounds", "2");
    bedrock.script([{ calls: [{ name: "weather", input: { city: "last" } }] }]);
    const rounds = Array.from({ length: 5 }, (_, index): ChatCompletionMessageParam[] => [
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: `a${index}`, type: "function", function: { name: "weather", arguments: "{}" } },
          { id: `b${index}`, type: "function", function: { name: "weather", arguments: "{broken" } },
        ],
      },
      { role: "tool", tool_call_id: `a${index}`, content: "" },
    ]);
    const answer = await client.chat.completions.create({
      model: MODEL,
      tools: [WEATHER],
      messages: [user("Where is it warm?"), ...rounds.flat()],
    });
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(sent(0).messages.at(-1)).toEqual({
      role: "user",
      content: [
        { toolResult: { toolUseId: "a4", content: [{ text: "(empty)" }] } },
        {
          toolResult: {
            toolUseId: "b4",
            content: [{ text: "The client sent no result of this call." }],
            status: "error",
          },
        },
      ],
    });
  });

  test("get a failed result when the history ends with them.", async () => {
    await start();
    bedrock.script([{ text: "Never mind." }]);
    const call = { id: "a", type: "function", function: { name: "weather", arguments: "{}" } } as const;
    const answer = await client.chat.completions.create({
      model: MODEL,
      tools: [WEATHER],
      messages: [user("Where is it warm?"), { role: "assistant", content: null, tool_calls: [call] }],
    });
    expect(answer.choices[0]?.message.content).toBe("Never mind.");
    expect(sent(0).messages.at(-1)?.content).toEqual([
      {
        toolResult: {
          toolUseId: "a",
          content: [{ text: "The client sent no result of this call." }],
          status: "error",
        },
      },
    ]);
  });

  test("can switch off all calls with tool_choice none.", async () => {
    await start();
    bedrock.script([{ text: "No idea." }]);
    const answer = await client.chat.completions.create({
      model: MODEL,
      tool_choice: "none",
      messages: [user("How is the weather?")],
    });
    expect(answer.choices[0]?.message.content).toBe("No idea.");
    expect(sent(0).tools).toBeUndefined();
  });
});

test("Images reach the model, and URLs are not fetched from hosts that no setting allows.", async () => {
  await start();
  bedrock.script([{ text: "One pixel." }]);
  const image = (url: string): ChatCompletionMessageParam => ({
    role: "user",
    content: [
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url } },
    ],
  });
  await client.chat.completions.create({
    model: MODEL,
    messages: [image(`data:image/png;base64,${pixel}`)],
  });
  expect(sent(0).messages[0]?.content).toContainEqual({
    image: { format: "png", source: { bytes: pixel } },
  });
  const refused = client.chat.completions.create({ model: MODEL, messages: [image(`${api.url}/things/1`)] });
  expect(await failure(refused)).toMatchObject({
    status: 400,
    error: expect.objectContaining({
      type: "invalid_request_error",
      message: expect.stringContaining("image: files are not fetched from 127.0.0.1"),
    }),
  });
  expect(api.requests).toEqual([]);
});

test("What real clients send in place of what the reference says is accepted.", async () => {
  await start();
  bedrock.script([{ text: "Yes." }]);
  const body = {
    model: MODEL,
    stop: "",
    tools: [],
    tool_choice: "auto",
    response_format: { type: "text" },
    messages: [
      { role: "system", content: null },
      {
        role: "user",
        name: "ada",
        content: [
          { type: "text", text: "What?" },
          { type: "image_url", image_url: `data:image/png;base64,${pixel}` },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "getThing", arguments: { id: "1" } } }],
      },
      { role: "tool", tool_call_id: "a", content: null },
      { role: "user", content: "And?" },
    ],
  };
  const answer = await client.chat.completions.create(body as never);
  expect(answer).toMatchObject({ choices: [{ message: { content: "Yes." } }] });
  expect(sent(0).messages.map(({ content }) => content.map((block) => Object.keys(block)[0]))).toEqual([
    ["image", "text"],
    ["toolUse"],
    ["toolResult"],
    ["text"],
    ["text"],
  ]);
  expect(sent(0).inference).not.toHaveProperty("stopSequences");
});

test("Sampling parameters are clamped to what Bedrock accepts, and the configured token limit holds.", async () => {
  await start("--max-tokens", "500");
  bedrock.script(() => ({ text: "Yes", stopReason: "max_tokens" }));
  const body = { model: MODEL, messages: [user("Hi")], seed: 1, logit_bias: {}, user: "ada" };
  const answer = await client.chat.completions.create({
    ...body,
    temperature: 1.7,
    max_completion_tokens: 100,
    stop: ["END", "\n"],
  });
  expect(answer.choices[0]?.finish_reason).toBe("length");
  await client.chat.completions.create({ ...body, top_p: 0.5, max_tokens: 9000, stop: "END" });
  expect([sent(0).inference, sent(1).inference]).toEqual([
    { maxTokens: 100, temperature: 1, stopSequences: ["END", "\n"] },
    { maxTokens: 500, topP: 0.5, stopSequences: ["END"] },
  ]);
});

test("Models are listed and found by id, and any bearer token is accepted.", async () => {
  await start("--models", "us.amazon.nova-pro-v1:0");
  const one = { object: "model", created: 0, owned_by: "specchat" };
  const { data } = await client.models.list();
  expect<unknown>(data).toEqual([
    { id: MODEL, ...one },
    { id: "us.amazon.nova-pro-v1:0", ...one },
  ]);
  expect<unknown>(await client.models.retrieve("us.amazon.nova-pro-v1:0")).toEqual({
    id: "us.amazon.nova-pro-v1:0",
    ...one,
  });
  expect(await failure(client.models.retrieve("gpt-4o"))).toMatchObject({
    status: 404,
    code: "model_not_found",
  });
});

describe("Errors have the format of OpenAI:", () => {
  test("An unknown model.", async () => {
    await start();
    const reply = client.chat.completions.create({ model: "gpt-4o", messages: [user("Hi")], stream: true });
    expect(await failure(reply)).toMatchObject({
      status: 404,
      error: {
        message: 'The model "gpt-4o" is not offered here.',
        type: "invalid_request_error",
        param: "model",
        code: "model_not_found",
      },
    });
  });

  test.each([
    ["no messages", { messages: [] }, "messages: "],
    ["a role that there is not", { messages: [{ role: "king", content: "Hi" }] }, "messages.0.role: "],
    ["several answers", { messages: [user("Hi")], n: 2 }, "n: only one answer a request"],
    [
      "a format that there is not",
      { messages: [user("Hi")], response_format: { type: "grammar" } },
      "response_format.type: ",
    ],
    ["too long a message", { messages: [user("x".repeat(101))] }, "The message has 101 characters"],
  ])("%s", async (_name, body, message) => {
    await start("--max-input-size", "100");
    const reply = client.chat.completions.create({ model: MODEL, ...body } as never);
    expect(await failure(reply)).toMatchObject({
      status: body.messages[0]?.content === "x".repeat(101) ? 413 : 400,
      error: expect.objectContaining({
        type: "invalid_request_error",
        message: expect.stringContaining(message),
      }),
    });
    expect(bedrock.requests).toEqual([]);
  });

  test("A failing model, without streaming and within a stream.", async () => {
    await start();
    const throttled = [THROTTLED, THROTTLED, THROTTLED, THROTTLED];
    bedrock.script([...throttled, { text: ["Once", " upon"], fault: { after: 3, kind: "reset" } }]);
    const body = { model: MODEL, messages: [user("Hi")] };
    expect(await failure(client.chat.completions.create(body))).toMatchObject({
      status: 503,
      error: expect.objectContaining({ type: "server_error", code: "throttled" }),
    });
    const texts: unknown[] = [];
    const read = async () => {
      for await (const { choices } of await client.chat.completions.create({ ...body, stream: true }))
        texts.push(choices[0]?.delta.content);
    };
    expect(await failure(read())).toMatchObject({ code: "stream_interrupted", type: "server_error" });
    expect(texts).toEqual(["", "Once", " upon"]);
  });

  test("Too many requests, with the time to wait.", async () => {
    await start("--rate-limit", "1/hour");
    bedrock.script([{ text: "Hello" }]);
    const body = { model: MODEL, messages: [user("Hi")] };
    await client.chat.completions.create(body);
    const refused = await failure(client.chat.completions.create(body));
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    expect(refused).toMatchObject({ status: 429, code: "rate_limited", type: "rate_limit_error" });
    const { headers } = refused as { headers: Headers };
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(3000);
  });
});

test("A call that needs approval is not made, since this protocol has no approvals.", async () => {
  await start();
  bedrock.script([
    { calls: [{ name: "createThing", input: { body: { name: "box" } } }] },
    { text: "I may not." },
  ]);
  const answer = await client.chat.completions.create({ model: MODEL, messages: [user("Make a box")] });
  expect(answer).toMatchObject({
    choices: [{ message: { content: "I may not." } }],
    specchat: [
      { type: "tool_call" },
      { type: "tool_result", status: "failed", result: expect.stringContaining("needs a person's approval") },
    ],
  });
  expect(api.requests).toEqual([]);
});

const never = new Promise<void>(() => {});

test.each([true, false])(
  "a client that leaves closes the request to the model (streamed: %p)",
  async (stream) => {
    await start();
    const started = Promise.withResolvers<void>();
    bedrock.script([
      {
        text: ["Once", " upon"],
        beforeEvent: (index) => {
          if (index < 2) return undefined;
          started.resolve();
          return never;
        },
      },
    ]);
    const disconnect = new AbortController();
    const reading = (async () => {
      const options = { signal: disconnect.signal };
      const body = { model: MODEL, messages: [user("A story")] };
      if (!stream) return void (await client.chat.completions.create(body, options));
      for await (const _ of await client.chat.completions.create({ ...body, stream }, options));
    })();
    await started.promise;
    disconnect.abort();
    await reading.catch(() => {});
    expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  },
);

test("Fifty streams start while the model is silent.", async () => {
  await start();
  bedrock.script(() => ({ hang: true }));
  const disconnect = new AbortController();
  const first = async () => {
    const stream = await client.chat.completions.create(
      { model: MODEL, messages: [user("Hi")], stream: true },
      { signal: disconnect.signal },
    );
    return (await stream[Symbol.asyncIterator]().next()).value?.choices[0]?.delta;
  };
  const beginnings = await Promise.all(Array.from({ length: 50 }, first));
  expect(beginnings).toEqual(Array.from({ length: 50 }, () => ({ role: "assistant", content: "" })));
  disconnect.abort();
});

test("A client that reads late gets the complete text and delays no other client.", async () => {
  await start();
  const words = Array.from({ length: 3000 }, (_, index) => `${index} `.padStart(2000, "."));
  bedrock.script([{ text: words }]);
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: [user("A long story")],
    stream: true,
  });
  const chunks = stream[Symbol.asyncIterator]();
  await chunks.next();
  const read = [(await chunks.next()).value?.choices[0]?.delta.content ?? ""];
  // Text beyond the capacity of the connection waits in the server, merged.
  expect(await bedrock.requests[0]?.outcome).toBe("completed");
  for (let next = await chunks.next(); !next.done; next = await chunks.next())
    read.push(next.value.choices[0]?.delta.content ?? "");
  expect(read.join("")).toBe(words.join(""));
});

test("A stopping server lets a running reply finish and rejects new requests.", async () => {
  await start();
  const gate = Promise.withResolvers<void>();
  bedrock.script([
    { text: ["Once", " upon"], beforeEvent: (index) => (index < 2 ? undefined : gate.promise) },
  ]);
  const body = { model: MODEL, messages: [user("A story")] };
  const stream = await client.chat.completions.create({ ...body, stream: true });
  const chunks = stream[Symbol.asyncIterator]();
  await chunks.next();
  await chunks.next();
  const stopped = specchat.server.stop();
  expect(await failure(client.chat.completions.create(body))).toMatchObject({
    status: 503,
    code: "stopping",
  });
  gate.resolve();
  const rest: unknown[] = [];
  for (let next = await chunks.next(); !next.done; next = await chunks.next())
    rest.push(next.value.choices[0]?.delta.content, next.value.choices[0]?.finish_reason);
  expect(rest).toEqual([" upon", null, undefined, "stop"]);
  await stopped;
});

test("A page of an allowed origin may send the headers that the client library adds.", async () => {
  await start("--allowed-origins", "https://app.example.com");
  const preflight = await fetch(`${specchat.url}/v1/chat/completions`, {
    method: "OPTIONS",
    headers: {
      Origin: "https://app.example.com",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization,content-type,x-stainless-os",
    },
  });
  expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([
    204,
    "https://app.example.com",
  ]);
  expect(preflight.headers.get("access-control-allow-headers")).toContain("x-stainless-os");
});

test("--contracts can switch it off.", async () => {
  await start("--contracts", "native");
  expect(await failure(client.models.list())).toMatchObject({ status: 404 });
});
