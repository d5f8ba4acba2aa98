/** The anthropic protocol with its official client and the provider of the AI SDK. */
import { afterEach, describe, expect, test } from "bun:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import Anthropic from "@anthropic-ai/sdk";
import { ChatAnthropic } from "@langchain/anthropic";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { THROTTLED } from "../bedrock/index.ts";
import { MODEL } from "../support/harness.ts";
import { pixel } from "./pixel.ts";
import { readModelRequest, type Servers, startServers } from "./servers.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

const anthropic = () =>
  new Anthropic({ baseURL: servers.specchat.url, apiKey: "any", maxRetries: 0, logLevel: "off" });
const provider = () => createAnthropic({ baseURL: `${servers.specchat.url}/v1`, apiKey: "any" });
const City = z.object({ city: z.string() });
const Thing = z.object({ id: z.number().int(), name: z.string() });
const WEATHER: Anthropic.Tool = {
  name: "weather",
  description: "Tells the weather.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const WEATHER_AND_THING = [
  {
    text: "I look.",
    calls: [
      { name: "getThing", input: { id: "1" } },
      { name: "weather", input: { city: "Rome" } },
    ],
  },
  { text: "Sun in Rome." },
];
const user = (content: Anthropic.MessageParam["content"]): Anthropic.MessageParam => ({
  role: "user",
  content,
});
const hi = { model: MODEL, max_tokens: 100, messages: [user("Hi")] };

/** Returns the rejection of a promise. */
async function failureOf(promise: PromiseLike<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  try {
    await promise;
  } catch (error) {
    return error as InstanceType<typeof Anthropic.APIError>;
  }
  throw new Error("it did not fail");
}

describe("@anthropic-ai/sdk:", () => {
  test("A message has text, and system, sampling and history reach the model.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: "Green.", usage: { inputTokens: 7, outputTokens: 3 } }]);
    const { data: message, request_id } = await anthropic()
      .messages.create({
        ...hi,
        system: [{ type: "text", text: "Be brief." }],
        // Bedrock refuses an empty one.
        stop_sequences: ["END", ""],
        messages: [
          user("My colour is green."),
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Noted", signature: "abc" },
              { type: "redacted_thinking", data: "xyz" },
              { type: "text", text: "Noted." },
            ],
          },
          user([{ type: "text", text: "Which is it?", cache_control: { type: "ephemeral" } }]),
        ],
      })
      .withResponse();
    expect(message as unknown).toMatchObject({
      id: expect.stringMatching(/^msg_[\da-f]{32}$/),
      type: "message",
      role: "assistant",
      model: MODEL,
      content: [{ type: "text", text: "Green." }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: {
        input_tokens: 7,
        output_tokens: 3,
        cache_creation_input_tokens: expect.any(Number),
        cache_read_input_tokens: 0,
      },
    });
    expect(request_id).toMatch(/^[\da-f-]{36}$/);
    const { messages, system } = readModelRequest(servers, 0);
    expect(messages).toEqual([
      { role: "user", content: [{ text: "My colour is green." }] },
      { role: "assistant", content: [{ text: "Noted." }] },
      { role: "user", content: [{ text: "Which is it?" }] },
    ]);
    expect(system).toEndWith("Be brief.");
    expect(servers.bedrock.requests[0]?.body).toMatchObject({
      inferenceConfig: { maxTokens: 100, stopSequences: ["END"] },
    });
  });

  test("The API's tools run here, the client's are handed over, and the results of both continue.", async () => {
    servers = await startServers();
    servers.bedrock.script(WEATHER_AND_THING);
    const first = await anthropic().messages.create({ ...hi, tools: [WEATHER] });
    const call = first.content.find((block) => block.type === "tool_use");
    if (!call) throw new Error("no call");
    expect([first.stop_reason, call.name, call.input]).toEqual(["tool_use", "weather", { city: "Rome" }]);
    expect(first.content.map(({ type }) => type)).toEqual(["text", "tool_use"]);
    const second = await anthropic().messages.create({
      ...hi,
      tools: [WEATHER],
      messages: [
        user("Hi"),
        { role: "assistant", content: first.content },
        user([
          { type: "tool_result", tool_use_id: call.id, content: [{ type: "text", text: "Sun" }] },
          { type: "text", text: "Be quick." },
        ]),
      ],
    });
    expect(second.content).toMatchObject([{ type: "text", text: "Sun in Rome." }]);
    const { messages } = readModelRequest(servers, 1);
    const results = messages.find(({ content }) => content.some((block) => "toolResult" in block));
    expect(results?.content).toMatchObject([
      { toolResult: { content: [{ text: expect.stringContaining("thing 1") }] } },
      { toolResult: { content: [{ text: "Sun" }] } },
    ]);
    expect(messages.at(-1)?.content.at(-1)).toEqual({ text: "Be quick." });
    expect(servers.api.requests).toEqual(["GET /things/1"]);
  });

  test("--client-tools instead leaves the API's tools out.", async () => {
    servers = await startServers("--client-tools", "instead");
    servers.bedrock.script([{ text: "Hello." }]);
    await anthropic().messages.create({ ...hi, tools: [WEATHER] });
    expect(readModelRequest(servers, 0).tools).toEqual(["weather"]);
  });

  test("The results of failed and missing calls, and pictures in results, reach the model.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: "Two." }]);
    const call = (id: string) => ({ type: "tool_use", id, name: "weather", input: { city: id } }) as const;
    const source = { type: "base64", media_type: "image/png", data: pixel } as const;
    await anthropic().messages.create({
      ...hi,
      tools: [WEATHER],
      messages: [
        user("Hi"),
        { role: "assistant", content: [call("a"), call("b"), call("c")] },
        user([
          { type: "tool_result", tool_use_id: "b", content: [{ type: "image", source }] },
          { type: "tool_result", tool_use_id: "a", is_error: true, content: "No such city" },
        ]),
      ],
    });
    expect(readModelRequest(servers, 0).messages.at(-1)?.content).toMatchObject([
      { toolResult: { toolUseId: "a", status: "error", content: [{ text: "No such city" }] } },
      { toolResult: { toolUseId: "b", content: [{ text: "(empty)" }] } },
      { toolResult: { toolUseId: "c", status: "error" } },
      { text: expect.stringContaining("picture") },
      { image: { format: "png" } },
    ]);
  });

  test("A stream has the events of Anthropic in their order.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ ...WEATHER_AND_THING[0], text: ["I ", "look."] }]);
    const events = await Array.fromAsync(
      await anthropic().messages.create({ ...hi, tools: [WEATHER], stream: true }),
    );
    expect(events.map((event) => ("index" in event ? `${event.type} ${event.index}` : event.type))).toEqual([
      "message_start",
      "content_block_start 0",
      "content_block_delta 0",
      "content_block_delta 0",
      "content_block_stop 0",
      "content_block_start 1",
      "content_block_delta 1",
      "content_block_stop 1",
      "message_delta",
      "message_stop",
    ]);
    servers.bedrock.script(WEATHER_AND_THING);
    const stream = anthropic().messages.stream({ ...hi, tools: [WEATHER] });
    const final = await stream.finalMessage();
    expect(final).toMatchObject({
      stop_reason: "tool_use",
      content: [
        { type: "text", text: "I look." },
        { type: "tool_use", name: "weather", input: { city: "Rome" } },
      ],
      usage: { input_tokens: expect.any(Number) },
    });
    expect(final.usage.output_tokens).toBeGreaterThan(0);
  });

  test("Thinking is in blocks of its own for a client that asks for it, and left out otherwise.", async () => {
    servers = await startServers();
    servers.bedrock.script(() => ({ reasoning: { text: ["I", " think."], signature: "s" }, text: "Yes." }));
    const quiet = await anthropic().messages.stream(hi).finalMessage();
    expect(quiet.content).toMatchObject([{ type: "text", text: "Yes." }]);
    const thinking = { type: "enabled", budget_tokens: 1024 } as const;
    const loud = await anthropic()
      .messages.stream({ ...hi, thinking })
      .finalMessage();
    expect(loud.content).toMatchObject([
      { type: "thinking", thinking: "I think.", signature: "" },
      { type: "text", text: "Yes." },
    ]);
  });

  test.each([
    ["any", { type: "any" }, { any: {} }],
    ["a tool", { type: "tool", name: "weather" }, { tool: { name: "weather" } }],
  ] as const)("tool_choice %s forces a call.", async (_name, tool_choice, expected) => {
    servers = await startServers();
    servers.bedrock.script([{ calls: [{ name: "weather", input: { city: "Rome" } }] }]);
    const { stop_reason } = await anthropic().messages.create({ ...hi, tools: [WEATHER], tool_choice });
    expect([stop_reason, readModelRequest(servers, 0).toolChoice]).toEqual(["tool_use", expected]);
  });

  test("tool_choice none turns off all tools, and an unknown tool is refused.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: "No." }]);
    await anthropic().messages.create({ ...hi, tools: [WEATHER], tool_choice: { type: "none" } });
    expect(readModelRequest(servers, 0).tools).toEqual([]);
    const tool_choice = { type: "tool", name: "oracle" } as const;
    const failure = await failureOf(anthropic().messages.create({ ...hi, tools: [WEATHER], tool_choice }));
    expect([failure.status, failure.type]).toEqual([400, "invalid_request_error"]);
    expect(failure.message).toContain('there is no tool \\"oracle\\"');
  });

  test("`output_config.format` gives JSON, and `parse()` its value.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ calls: [{ name: "json_reply", input: { id: 7, name: "x" } }] }]);
    const { zodOutputFormat } = await import("@anthropic-ai/sdk/helpers/zod");
    const message = await anthropic().messages.parse({
      ...hi,
      output_config: { format: zodOutputFormat(Thing) },
    });
    expect(message.parsed_output).toEqual({ id: 7, name: "x" });
  });

  test("Arguments keep integers beyond 2^53 both ways.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: "Done." }]);
    const response = await fetch(`${servers.specchat.url}/v1/messages`, {
      method: "POST",
      body: `{"model":"${MODEL}","max_tokens":9,"tools":[{"name":"pay","input_schema":{"type":"object","properties":{"id":{"type":"integer","maximum":9223372036854775807}}}}],"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"pay","input":{"id":9007199254740993}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"ok"}]}]}`,
    });
    expect(response.status).toBe(200);
    const [call] = readModelRequest(servers, 0).messages.at(1)?.content ?? [];
    expect(call).toMatchObject({ toolUse: { input: { id: 9007199254740993n } } });
  });

  test("Documents are read, and images by URL only from allowed hosts.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: "A text." }]);
    await anthropic().messages.create({
      ...hi,
      messages: [
        user([
          { type: "text", text: "What is it?" },
          {
            type: "document",
            title: "note.txt",
            source: { type: "text", media_type: "text/plain", data: "Buy milk." },
          },
        ]),
      ],
    });
    expect(JSON.stringify(readModelRequest(servers, 0).messages)).toContain(btoa("Buy milk."));
    const image = { type: "image", source: { type: "url", url: `${servers.api.url}/x.png` } } as const;
    const failure = await failureOf(anthropic().messages.create({ ...hi, messages: [user([image])] }));
    expect([failure.status, failure.type]).toEqual([400, "invalid_request_error"]);
    expect(failure.message).toContain("ask the operator of this server to allow that host");
    expect(servers.api.requests).toEqual([]);
  });

  test("count_tokens estimates a request with the tools of the API, and calls no model.", async () => {
    servers = await startServers();
    const count = async (body: Partial<Anthropic.MessageCountTokensParams>) =>
      (await anthropic().messages.countTokens({ model: MODEL, messages: [user("Hi")], ...body }))
        .input_tokens;
    const small = await count({});
    expect(small).toBeGreaterThan(100);
    expect(await count({ system: "x".repeat(4000) })).toBeGreaterThanOrEqual(small + 1000);
    expect(await count({ tools: [WEATHER] })).toBeGreaterThan(small);
    expect(await count({ messages: [user("x".repeat(4000))] })).toBeGreaterThanOrEqual(small + 999);
    expect(await count({ tool_choice: { type: "none" } })).toBeLessThan(small);
    expect(servers.bedrock.requests).toEqual([]);
  });

  test("Models are listed in Anthropic's format.", async () => {
    servers = await startServers();
    const { data } = await anthropic().models.list();
    expect(data).toMatchObject([{ type: "model", id: MODEL, display_name: MODEL }]);
    expect(await anthropic().models.retrieve(MODEL)).toMatchObject({ id: MODEL });
    expect(await failureOf(anthropic().models.retrieve("claude"))).toMatchObject({
      status: 404,
      type: "not_found_error",
    });
  });

  test("Errors have Anthropic's format, before the stream and within it.", async () => {
    servers = await startServers("--max-retries", "0", "--max-input-size", "1000");
    const tooLong = { ...hi, messages: [user("x".repeat(1001))] };
    const noModel = { ...hi, model: "claude-9" };
    const noTool = { ...hi, tools: [{ type: "bash_20250124", name: "bash" } as const] };
    expect(await failureOf(anthropic().messages.create(tooLong))).toMatchObject({
      status: 413,
      type: "request_too_large",
    });
    expect(await failureOf(anthropic().messages.create(noModel))).toMatchObject({
      status: 404,
      requestID: expect.stringMatching(/^[\da-f-]{36}$/),
      error: {
        type: "error",
        error: { type: "not_found_error", message: 'The model "claude-9" is not offered here.' },
        request_id: expect.stringMatching(/^[\da-f-]{36}$/),
      },
    });
    expect(await failureOf(anthropic().messages.create(noTool))).toMatchObject({
      status: 400,
      message: expect.stringContaining("tools.0.type: only custom tools"),
    });
    servers.bedrock.script([THROTTLED, THROTTLED, THROTTLED, THROTTLED]);
    expect(await failureOf(anthropic().messages.create(hi))).toMatchObject({
      status: 529,
      type: "overloaded_error",
    });
    servers.bedrock.script([{ text: ["Once", " upon"], fault: { after: 3, kind: "reset" } }]);
    const read = Array.fromAsync(anthropic().messages.stream(hi));
    expect(await failureOf(read)).toMatchObject({ type: "api_error" });
  });

  test("Unknown paths and methods are answered in the format of the client that asks.", async () => {
    servers = await startServers();
    const ask = async (method: string, path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${servers.specchat.url}${path}`, { method, headers });
      const { type, error, detail } = await response.json();
      return [response.status, type, error?.type ?? detail];
    };
    const version = { "anthropic-version": "2023-06-01" };
    expect(await ask("GET", "/v1/messages")).toEqual([405, "error", "invalid_request_error"]);
    expect(await ask("POST", "/v1/messages/batches")).toEqual([404, "error", "not_found_error"]);
    expect(await ask("POST", "/v1/files", version)).toEqual([404, "error", "not_found_error"]);
    expect(await ask("POST", "/v1/files")).toEqual([404, undefined, "invalid_request_error"]);
    expect(await ask("GET", "/v2/files", version)).toEqual([404, undefined, "Not Found"]);
  });
});

test("LangChain: `ChatAnthropic` replies, streams, calls tools and gives objects.", async () => {
  servers = await startServers();
  servers.bedrock.script([
    { text: "Hi." },
    { text: ["Once", " upon"] },
    { calls: [{ name: "weather", input: { city: "Rome" } }] },
    { calls: [{ name: "thing", input: { id: 7, name: "x" } }] },
  ]);
  const model = new ChatAnthropic({ model: MODEL, apiKey: "any", anthropicApiUrl: servers.specchat.url });
  expect((await model.invoke("Hi")).text).toBe("Hi.");
  const pieces = await Array.fromAsync(await model.stream("Tell"), ({ text }) => text);
  expect(pieces.join("")).toBe("Once upon");
  const { tool_calls: calls } = await model.bindTools([WEATHER]).invoke("Weather?");
  expect(calls).toMatchObject([{ name: "weather", args: { city: "Rome" } }]);
  expect(await model.withStructuredOutput(Thing, { name: "thing" }).invoke("Thing?")).toEqual({
    id: 7,
    name: "x",
  });
});

describe("AI SDK with @ai-sdk/anthropic:", () => {
  test("A tool of the client runs beside those of the API.", async () => {
    servers = await startServers();
    servers.bedrock.script(WEATHER_AND_THING);
    const weather = tool({ inputSchema: City, execute: ({ city }) => `Sun in ${city}` });
    const { text, steps } = await generateText({
      model: provider()(MODEL),
      prompt: "Weather?",
      stopWhen: stepCountIs(3),
      tools: { weather },
    });
    expect([text, steps.length, servers.api.requests]).toEqual(["Sun in Rome.", 2, ["GET /things/1"]]);
  });

  test("`streamText` streams text, calls and usage.", async () => {
    servers = await startServers();
    servers.bedrock.script(WEATHER_AND_THING);
    const weather = tool({ inputSchema: City, execute: ({ city }) => `Sun in ${city}` });
    const result = streamText({
      model: provider()(MODEL),
      prompt: "Weather?",
      stopWhen: stepCountIs(3),
      tools: { weather },
    });
    expect(await result.text).toBe("Sun in Rome.");
    expect((await result.totalUsage).inputTokens).toBeGreaterThan(0);
  });

  test("`Output.object` gives an object.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ calls: [{ name: "json_reply", input: { id: 7, name: "x" } }] }]);
    const { output } = await generateText({
      model: provider()(MODEL),
      prompt: "Thing?",
      output: Output.object({ schema: Thing }),
    });
    expect(output).toEqual({ id: 7, name: "x" });
  });

  test("A failure in the stream is an error of the stream.", async () => {
    servers = await startServers("--max-retries", "0");
    servers.bedrock.script([{ text: ["Once", " upon"], fault: { after: 3, kind: "reset" } }]);
    const result = streamText({ model: provider()(MODEL), prompt: "Tell", maxRetries: 0, onError() {} });
    const types = await Array.fromAsync(result.fullStream, ({ type }) => type);
    expect(types).toContain("error");
  });
});
