/** The Responses API with the clients that use it by default. */
import { afterEach, describe, expect, test } from "bun:test";
import { createOpenAI } from "@ai-sdk/openai";
import { ChatOpenAI } from "@langchain/openai";
import {
  Agent,
  tool as agentsTool,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
} from "@openai/agents";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { MODEL } from "../support/harness.ts";
import { readModelRequest, type Servers, startServers } from "./servers.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

const baseURL = () => `${servers.specchat.url}/v1`;
const openai = () => new OpenAI({ baseURL: baseURL(), apiKey: "any", maxRetries: 0 });
const City = z.object({ city: z.string() });
const Thing = z.object({ id: z.number().int(), name: z.string() });
const WEATHER = {
  type: "function",
  name: "weather",
  strict: true,
  parameters: { type: "object", properties: { city: { type: "string" } } },
} as const;
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

describe("openai", () => {
  test("A response is text, and the next one continues it by its id.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: "Noted." }, { text: "Green." }, { text: "Yes, green." }]);
    const first = await openai().responses.create({
      model: MODEL,
      instructions: "Be brief.",
      input: "My colour is green.",
    });
    expect([first.output_text, first.status]).toEqual(["Noted.", "completed"]);
    const second = await openai().responses.create({
      model: MODEL,
      previous_response_id: first.id,
      input: [{ role: "user", content: [{ type: "input_text", text: "Which is my colour?" }] }],
    });
    const third = await openai().responses.create({
      model: MODEL,
      previous_response_id: second.id,
      input: "Sure?",
    });
    expect(third.output_text).toBe("Yes, green.");
    expect(readModelRequest(servers, 2).messages).toEqual([
      { role: "user", content: [{ text: "My colour is green." }] },
      { role: "assistant", content: [{ text: "Noted." }] },
      { role: "user", content: [{ text: "Which is my colour?" }] },
      { role: "assistant", content: [{ text: "Green." }] },
      { role: "user", content: [{ text: "Sure?" }] },
    ]);
    expect(readModelRequest(servers, 0).system).toEndWith("Be brief.");
  });

  test("store: false stores nothing, and an unknown response is a bad request.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: "Hi." }]);
    const { id } = await openai().responses.create({ model: MODEL, input: "Hi", store: false });
    expect(await Array.fromAsync(servers.specchat.app.store.ids())).toEqual([]);
    const failed = openai().responses.create({ model: MODEL, input: "Hi", previous_response_id: id });
    expect(await failed.then(undefined, (error) => error)).toMatchObject({ status: 400 });
  });

  test("A stream has every event of OpenAI's, and ends with the response.", async () => {
    servers = await startServers();
    servers.bedrock.script(WEATHER_AND_THING);
    const stream = openai().responses.stream({ model: MODEL, input: "Weather?", tools: [WEATHER] });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const response = await stream.finalResponse();
    const call = response.output.find(({ type }) => type === "function_call");
    if (call?.type !== "function_call") throw new Error("no call");
    expect([call.name, call.arguments]).toEqual(["weather", '{"city":"Rome"}']);
    const next = await openai().responses.create({
      model: MODEL,
      previous_response_id: response.id,
      tools: [WEATHER],
      input: [{ type: "function_call_output", call_id: call.call_id, output: "Sun" }],
    });
    expect(next.output_text).toBe("Sun in Rome.");
    expect(readModelRequest(servers, 1).messages.at(-1)?.content).toMatchObject([
      { toolResult: { content: [{ text: expect.stringContaining("thing 1") }] } },
      { toolResult: { content: [{ text: "Sun" }] } },
    ]);
    expect(servers.api.requests).toEqual(["GET /things/1"]);
  });

  test("`parse()` returns the value of text.format.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ calls: [{ name: "json_reply", input: { id: 7, name: "x" } }] }]);
    const response = await openai().responses.parse({
      model: MODEL,
      input: "Thing?",
      text: { format: zodTextFormat(Thing, "thing") },
    });
    expect(response.output_parsed).toEqual({ id: 7, name: "x" });
  });

  test("A reply that is cut off is incomplete, and a failure in the stream is response.failed.", async () => {
    servers = await startServers("--max-retries", "0");
    servers.bedrock.script([
      { text: "Once", stopReason: "max_tokens" },
      { error: { status: 400, type: "ValidationException", message: "secret detail" } },
    ]);
    const cut = await openai().responses.create({ model: MODEL, input: "Tell", max_output_tokens: 20 });
    expect([cut.status, cut.incomplete_details]).toEqual(["incomplete", { reason: "max_output_tokens" }]);
    const events = await Array.fromAsync(
      await openai().responses.create({ model: MODEL, input: "Tell", stream: true }),
    );
    expect(events.at(-1)?.type).toBe("response.failed");
    expect(JSON.stringify(events)).not.toContain("secret");
  });
});

test("AI SDK: the default model of `@ai-sdk/openai` runs tools and continues stored items.", async () => {
  servers = await startServers();
  servers.bedrock.script([...WEATHER_AND_THING, { text: "Welcome." }]);
  const model = createOpenAI({ baseURL: baseURL(), apiKey: "any" })(MODEL);
  const weather = tool({ inputSchema: City, execute: ({ city }) => `Sun in ${city}` });
  const first = await generateText({
    model,
    prompt: "Weather?",
    stopWhen: stepCountIs(3),
    tools: { weather },
  });
  expect([first.text, servers.api.requests]).toEqual(["Sun in Rome.", ["GET /things/1"]]);
  const stream = streamText({
    model,
    messages: [
      { role: "user", content: "Weather?" },
      ...first.response.messages,
      { role: "user", content: "Thanks" },
    ],
  });
  expect(await stream.text).toBe("Welcome.");
  expect(JSON.stringify(readModelRequest(servers, 2).messages)).toContain("Sun in Rome.");
});

test("AI SDK: `Output.object` works with the default model.", async () => {
  servers = await startServers();
  servers.bedrock.script([{ calls: [{ name: "json_reply", input: { id: 7, name: "x" } }] }]);
  const model = createOpenAI({ baseURL: baseURL(), apiKey: "any" })(MODEL);
  const { output } = await generateText({
    model,
    prompt: "Thing?",
    output: Output.object({ schema: Thing }),
  });
  expect(output).toEqual({ id: 7, name: "x" });
});

test("OpenAI Agents: an agent runs its tools and gives its `outputType`, also streamed.", async () => {
  servers = await startServers();
  const reply = { calls: [{ name: "json_reply", input: { id: 7, name: "x" } }] };
  servers.bedrock.script([WEATHER_AND_THING[0] ?? {}, reply, WEATHER_AND_THING[0] ?? {}, reply]);
  const weather = agentsTool({
    name: "weather",
    description: "Tells the weather.",
    parameters: City,
    execute: ({ city }) => `Sun in ${city}`,
  });
  const model = new OpenAIResponsesModel(openai() as never, MODEL);
  const agent = new Agent({
    name: "A",
    instructions: "Be brief.",
    tools: [weather],
    model,
    outputType: Thing,
  });
  const runner = new Runner({ tracingDisabled: true });
  expect((await runner.run(agent, "Weather?")).finalOutput).toEqual({ id: 7, name: "x" });
  const streamed = await runner.run(agent, "Weather?", { stream: true });
  await streamed.completed;
  expect(streamed.finalOutput).toEqual({ id: 7, name: "x" });
});

test.each([
  ["responses", OpenAIResponsesModel],
  ["chat completions", OpenAIChatCompletionsModel],
])("OpenAI Agents hand over to each other over %s.", async (_name, AgentModel) => {
  servers = await startServers();
  const handOver = { calls: [{ name: "transfer_to_Booker", input: {} }] };
  const reply = { calls: [{ name: "json_reply", input: { id: 7, name: "x" } }] };
  servers.bedrock.script([handOver, reply, handOver, reply]);
  const model = new AgentModel(openai() as never, MODEL);
  const booker = new Agent({ name: "Booker", instructions: "Book.", model, outputType: Thing });
  const triage = Agent.create({ name: "Triage", instructions: "Choose.", model, handoffs: [booker] });
  const runner = new Runner({ tracingDisabled: true });
  const whole = await runner.run(triage, "Book it.");
  expect<unknown>([whole.finalOutput, whole.lastAgent?.name]).toEqual([{ id: 7, name: "x" }, "Booker"]);
  const streamed = await runner.run(triage, "Book it.", { stream: true });
  await streamed.completed;
  expect<unknown>(streamed.finalOutput).toEqual({ id: 7, name: "x" });
});

test("LangChain: `useResponsesApi` replies.", async () => {
  servers = await startServers();
  servers.bedrock.script([{ text: "Hi." }]);
  const model = new ChatOpenAI({
    model: MODEL,
    apiKey: "any",
    useResponsesApi: true,
    configuration: { baseURL: baseURL() },
  });
  expect((await model.invoke("Hi")).text).toBe("Hi.");
});
