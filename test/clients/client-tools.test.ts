/** Tools of a client, together with the tools of the API. */
import { afterEach, describe, expect, test } from "bun:test";
import { createOpenAI } from "@ai-sdk/openai";
import { tool as langchainTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { Agent, tool as agentsTool, OpenAIChatCompletionsModel, Runner } from "@openai/agents";
import { generateText, stepCountIs, tool } from "ai";
import OpenAI from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { z } from "zod";
import { MODEL } from "../support/harness.ts";
import { readModelRequest, type Servers, startServers } from "./servers.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

const baseURL = () => `${servers.specchat.url}/v1`;
const openai = () => new OpenAI({ baseURL: baseURL(), apiKey: "any", maxRetries: 0 });
const user = (content: string) => ({ role: "user", content }) as const;
const City = z.object({ city: z.string() });

function functionTool(name: string, parameters?: unknown): ChatCompletionTool {
  return { type: "function", function: { name, parameters: parameters as Record<string, unknown> } };
}

const CALL_ID = expect.stringMatching(/^call_[\da-f]{32}$/);
const WEATHER = functionTool("weather", { type: "object", properties: { city: { type: "string" } } });

describe("openai", () => {
  test("Ours run here, theirs are handed over, and the model sees both in the next request.", async () => {
    servers = await startServers();
    servers.bedrock.script([
      { calls: [{ name: "getThing", input: { id: "1" } }] },
      {
        text: "And the weather.",
        calls: [
          { name: "getThing", input: { id: "2" } },
          { name: "weather", input: { city: "Rome" } },
        ],
      },
      { text: "Sun." },
      { text: "You are welcome." },
    ]);
    const messages: ChatCompletionMessageParam[] = [user("Things and weather?")];
    const body = { model: MODEL, tools: [WEATHER] };
    const first = await openai().chat.completions.create({ ...body, messages });
    const message = first.choices[0]?.message;
    expect(message?.tool_calls).toEqual([
      { id: CALL_ID, type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
    ]);
    expect(servers.api.requests).toEqual(["GET /things/1", "GET /things/2"]);
    if (!message) throw new Error("no message");
    messages.push(message, {
      role: "tool",
      tool_call_id: message.tool_calls?.[0]?.id ?? "",
      content: "Sun.",
    });
    const second = await openai().chat.completions.create({ ...body, messages });
    expect(second.choices[0]?.message.content).toBe("Sun.");
    const history = readModelRequest(servers, 2).messages.slice(1);
    expect(history.map(({ content }) => content.map((block) => Object.keys(block)[0]))).toEqual([
      ["toolUse"],
      ["toolResult"],
      ["text", "toolUse", "toolUse"],
      ["toolResult", "toolResult"],
    ]);
    expect(history[3]?.content).toMatchObject([
      { toolResult: { toolUseId: "tooluse_2", content: [{ text: expect.stringContaining("thing 2") }] } },
      { toolResult: { toolUseId: CALL_ID, content: [{ text: "Sun." }] } },
    ]);
    messages.push({ role: "assistant", content: "Sun." }, user("Thanks"));
    await openai().chat.completions.create({ ...body, messages });
    expect(readModelRequest(servers, 3).messages).toHaveLength(7);
    expect(servers.bedrock.requests.map(({ refusal }) => refusal)).toEqual(Array(4).fill(undefined));
  });

  test("Names and schemas that models refuse are converted, and calls come with the client's.", async () => {
    servers = await startServers();
    const names = ["weather.get", "getThing", "x".repeat(80)];
    servers.bedrock.script([
      {
        calls: [
          { name: "weather_get", input: { filter_city: "Rome", days: 2 } },
          { name: "getThing_2", input: {} },
          { name: "getThing", input: { id: "1" } },
        ],
      },
      { text: "Done." },
    ]);
    const tools = [
      functionTool(names[0] ?? "", {
        $schema: "http://json-schema.org/draft-04/schema#",
        type: "object",
        properties: {
          "filter[city]": { $ref: "#/definitions/City" },
          days: { type: "number", minimum: 0, exclusiveMinimum: true },
          pair: { type: "array", items: [{ type: "string" }] },
          same: { $ref: "#/properties/days" },
        },
        definitions: { City: { type: "string", nullable: true } },
      }),
      functionTool(names[1] ?? ""),
      functionTool(names[2] ?? "", {}),
    ];
    const messages: ChatCompletionMessageParam[] = [user("?")];
    const { choices } = await openai().chat.completions.create({ model: MODEL, messages, tools });
    const message = choices[0]?.message;
    expect(message?.tool_calls).toMatchObject([
      { function: { name: "weather.get", arguments: '{"filter[city]":"Rome","days":2}' } },
      { function: { name: "getThing", arguments: "{}" } },
    ]);
    expect(servers.api.requests).toEqual(["GET /things/1"]);
    if (!message) throw new Error("no message");
    messages.push(message);
    for (const { id } of message.tool_calls ?? [])
      messages.push({ role: "tool", tool_call_id: id, content: "ok" });
    await openai().chat.completions.create({ model: MODEL, messages, tools });
    expect(servers.bedrock.requests.map(({ refusal }) => refusal)).toEqual([undefined, undefined]);
    expect(readModelRequest(servers, 1).messages[1]?.content).toMatchObject([
      { toolUse: { name: "weather_get", input: { filter_city: "Rome", days: 2 } } },
      { toolUse: { name: "getThing_2" } },
      { toolUse: { name: "getThing", input: { id: "1" } } },
    ]);
  });

  test.each([
    ["a reference that does not resolve", { type: "object", properties: { a: { $ref: "#/nowhere" } } }],
    ["a pattern that is a number", { type: "object", properties: { a: { pattern: 1 } } }],
    ["text as its schema", "string"],
  ])("A tool with %s is a bad request that names it.", async (_name, parameters) => {
    servers = await startServers();
    const failed = await openai()
      .chat.completions.create({
        model: MODEL,
        messages: [user("?")],
        tools: [functionTool("odd", parameters)],
      })
      .then(undefined, (error) => error);
    expect(failed).toMatchObject({ status: 400, message: expect.stringContaining('"odd"') });
  });

  test("tool_choice forces a call: of any tool, or of one.", async () => {
    servers = await startServers();
    const calls = [{ name: "weather", input: { city: "Rome" } }];
    servers.bedrock.script([{ calls }, { calls }]);
    const body = { model: MODEL, messages: [user("?")], tools: [WEATHER] };
    await openai().chat.completions.create({ ...body, tool_choice: "required" });
    await openai().chat.completions.create({
      ...body,
      tool_choice: { type: "function", function: { name: "weather" } },
    });
    expect([0, 1].map((index) => readModelRequest(servers, index).toolChoice)).toEqual([
      { any: {} },
      { tool: { name: "weather" } },
    ]);
    const unknown = openai().chat.completions.create({
      ...body,
      tool_choice: { type: "function", function: { name: "tide" } },
    });
    expect(await unknown.then(undefined, (error) => error)).toMatchObject({
      status: 400,
      message: expect.stringContaining('"tide"'),
    });
  });

  test("A long loop of the client does not use up our limit of calls.", async () => {
    servers = await startServers("--max-tool-calls", "2", "--max-tool-call-rounds", "2");
    servers.bedrock.script([
      { calls: ["a", "b", "c"].map((city) => ({ name: "weather", input: { city } })) },
    ]);
    const rounds = Array.from({ length: 5 }, (_, index): ChatCompletionMessageParam[] => [
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: `a${index}`, type: "function", function: { name: "weather", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: `a${index}`, content: "Sun" },
    ]);
    const { choices } = await openai().chat.completions.create({
      model: MODEL,
      tools: [WEATHER],
      messages: [user("Where is it warm?"), ...rounds.flat()],
    });
    expect(choices[0]?.message.tool_calls).toHaveLength(3);
  });
});

const WEATHER_AND_THING = [
  {
    calls: [
      { name: "getThing", input: { id: "1" } },
      { name: "weather", input: { city: "Rome" } },
    ],
  },
  { text: "Sun in Rome." },
];

test("AI SDK: generateText runs its tools, and ours run here.", async () => {
  servers = await startServers();
  servers.bedrock.script(WEATHER_AND_THING);
  const cities: string[] = [];
  const { text } = await generateText({
    model: createOpenAI({ baseURL: baseURL(), apiKey: "any" }).chat(MODEL),
    prompt: "Weather?",
    stopWhen: stepCountIs(3),
    tools: {
      weather: tool({
        inputSchema: City,
        execute: ({ city }) => {
          cities.push(city);
          return "Sun";
        },
      }),
    },
  });
  expect([text, cities, servers.api.requests]).toEqual(["Sun in Rome.", ["Rome"], ["GET /things/1"]]);
});

test("LangChain: `bindTools` gets the calls of its tools alone.", async () => {
  servers = await startServers();
  servers.bedrock.script(WEATHER_AND_THING);
  const weather = langchainTool(({ city }) => `Sun in ${city}`, {
    name: "weather",
    description: "Tells the weather.",
    schema: City,
  });
  const model = new ChatOpenAI({ model: MODEL, apiKey: "any", configuration: { baseURL: baseURL() } });
  const reply = await model.bindTools([weather]).invoke("Weather?");
  expect(reply.tool_calls).toMatchObject([{ name: "weather", args: { city: "Rome" } }]);
  expect(servers.api.requests).toEqual(["GET /things/1"]);
});

test("OpenAI Agents: an agent runs its tools over chat completions.", async () => {
  servers = await startServers();
  servers.bedrock.script(WEATHER_AND_THING);
  const weather = agentsTool({
    name: "weather",
    description: "Tells the weather.",
    parameters: City,
    execute: ({ city }) => `Sun in ${city}`,
  });
  const agent = new Agent({
    name: "A",
    instructions: "Be brief.",
    tools: [weather],
    model: new OpenAIChatCompletionsModel(openai() as never, MODEL),
  });
  const result = await new Runner({ tracingDisabled: true }).run(agent, "Weather?");
  expect([result.finalOutput, servers.api.requests]).toEqual(["Sun in Rome.", ["GET /things/1"]]);
});
