/** Replies in a format, with the clients that ask for it. */
import { afterEach, describe, expect, test } from "bun:test";
import { createOpenAI } from "@ai-sdk/openai";
import { ChatOpenAI } from "@langchain/openai";
import { Agent, OpenAIChatCompletionsModel, Runner } from "@openai/agents";
import { generateText, Output, streamText } from "ai";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { MODEL } from "../support/harness.ts";
import { readModelRequest, type Servers, startServers } from "./servers.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

const baseURL = () => `${servers.specchat.url}/v1`;
const openai = () => new OpenAI({ baseURL: baseURL(), apiKey: "any", maxRetries: 0 });
const Thing = z.object({ id: z.number().int(), name: z.string() });
const user = (content: string) => ({ role: "user", content }) as const;
const reply = (input: Record<string, unknown>) => ({ calls: [{ name: "json_reply", input }] });

describe("openai", () => {
  test("`parse()` returns the value, after calls of the API.", async () => {
    servers = await startServers();
    servers.bedrock.script([
      { text: "I look.", calls: [{ name: "getThing", input: { id: "7" } }] },
      reply({ id: 7, name: "thing 7" }),
    ]);
    const completion = await openai().chat.completions.parse({
      model: MODEL,
      messages: [user("What is thing 7?")],
      response_format: zodResponseFormat(Thing, "thing"),
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ id: 7, name: "thing 7" });
    expect(completion.choices[0]?.finish_reason).toBe("stop");
    expect(servers.api.requests).toEqual(["GET /things/7"]);
    const { toolChoice, tools, schemas } = readModelRequest(servers, 0);
    expect([toolChoice, tools.includes("json_reply")]).toEqual([{ any: {} }, true]);
    expect(schemas.json_reply).toMatchObject({ type: "object", required: ["id", "name"] });
  });

  test("A reply that does not match is corrected, and one that never matches is an error.", async () => {
    servers = await startServers();
    servers.bedrock.script([
      { text: "Thing 7." },
      reply({ id: "seven", name: "thing 7" }),
      reply({ id: 7, name: "thing 7" }),
      ...Array.from({ length: 3 }, () => ({ text: "Never." })),
    ]);
    const body = {
      model: MODEL,
      messages: [user("What is thing 7?")],
      response_format: zodResponseFormat(Thing, "thing"),
    };
    const completion = await openai().chat.completions.create(body);
    expect(completion.choices[0]?.message.content).toBe('{"id":7,"name":"thing 7"}');
    expect(readModelRequest(servers, 2).messages.at(-1)?.content).toMatchObject([
      { toolResult: { status: "error", content: [{ text: expect.stringContaining("id") }] } },
    ]);
    const failed = await openai()
      .chat.completions.create(body)
      .then(undefined, (error) => error);
    expect(failed).toMatchObject({ status: 502, code: "model_refused" });
  });

  test("json_object gives one object; words and code fences around it are left out.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: 'Here:\n```json\n{"a": 12345678901234567890}\n```' }]);
    const completion = await openai().chat.completions.create({
      model: MODEL,
      messages: [user("JSON please")],
      response_format: { type: "json_object" },
    });
    expect(completion.choices[0]?.message.content).toBe('{"a":12345678901234567890}');
    expect(readModelRequest(servers, 0).toolChoice).toBeUndefined();
  });

  test.each([
    ["an alternative at its root", { anyOf: [{ type: "string" }, { type: "null" }] }, "yes"],
    ["a list at its root", { type: "array", items: { type: "integer" } }, [1, 2]],
    ["a reference at its root", { $ref: "#/definitions/A", definitions: { A: { const: "x" } } }, "x"],
  ])("A schema with %s works.", async (_name, schema, value) => {
    servers = await startServers();
    servers.bedrock.script([reply({ value })]);
    const completion = await openai().chat.completions.create({
      model: MODEL,
      messages: [user("?")],
      response_format: { type: "json_schema", json_schema: { name: "it", schema } },
    });
    expect(JSON.parse(completion.choices[0]?.message.content ?? "")).toEqual(value);
  });

  test("Keys that models refuse are restored.", async () => {
    servers = await startServers();
    servers.bedrock.script([reply({ first_name: "Ada", list: [{ first_name: "Bob" }] })]);
    const person = {
      type: "object",
      properties: { "first name": { type: "string" } },
      required: ["first name"],
    };
    const completion = await openai().chat.completions.create({
      model: MODEL,
      messages: [user("?")],
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "it",
          schema: { ...person, properties: { ...person.properties, list: { type: "array", items: person } } },
        },
      },
    });
    expect(JSON.parse(completion.choices[0]?.message.content ?? "")).toEqual({
      "first name": "Ada",
      list: [{ "first name": "Bob" }],
    });
  });

  test("A schema that is invalid is a bad request that names it.", async () => {
    servers = await startServers();
    const failed = await openai()
      .chat.completions.create({
        model: MODEL,
        messages: [user("?")],
        response_format: {
          type: "json_schema",
          json_schema: { name: "strange", schema: { $ref: "https://example.com/x" } },
        },
      })
      .then(undefined, (error) => error);
    expect(failed).toMatchObject({ status: 400, message: expect.stringContaining('"strange"') });
  });

  test("Models without forced calls are asked by the prompt.", async () => {
    const llama = "us.meta.llama3-3-70b-instruct-v1:0";
    servers = await startServers("--models", llama);
    servers.bedrock.script([reply({ id: 7, name: "x" })]);
    const completion = await openai().chat.completions.parse({
      model: llama,
      messages: [user("?")],
      response_format: zodResponseFormat(Thing, "thing"),
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ id: 7, name: "x" });
    expect(readModelRequest(servers, 0)).toMatchObject({
      toolChoice: undefined,
      system: expect.stringContaining("Reply with a call of a tool"),
    });
  });
});

test("AI SDK: `Output.object` works with generateText and streamText.", async () => {
  servers = await startServers();
  servers.bedrock.script([reply({ id: 7, name: "x" }), reply({ id: 8, name: "y" })]);
  const model = createOpenAI({ baseURL: baseURL(), apiKey: "any" }).chat(MODEL);
  const output = Output.object({ schema: Thing });
  const result = await generateText({ model, prompt: "Thing?", output });
  expect(result.output).toEqual({ id: 7, name: "x" });
  const stream = streamText({ model, prompt: "Thing?", output });
  expect(await stream.output).toEqual({ id: 8, name: "y" });
});

test.each(["jsonSchema", "functionCalling", "jsonMode"] as const)(
  "LangChain: `withStructuredOutput` works with %s.",
  async (method) => {
    servers = await startServers();
    const value = { id: 7, name: "x" };
    servers.bedrock.script([
      method === "jsonSchema"
        ? reply(value)
        : method === "jsonMode"
          ? { text: JSON.stringify(value) }
          : { calls: [{ name: "thing", input: value }] },
    ]);
    const model = new ChatOpenAI({
      model: MODEL,
      apiKey: "any",
      configuration: { baseURL: baseURL() },
      maxRetries: 0,
    });
    const structured = model.withStructuredOutput(Thing, { name: "thing", method });
    expect(await structured.invoke("Thing as JSON?")).toEqual(value);
    if (method === "functionCalling")
      expect(readModelRequest(servers, 0).toolChoice).toEqual({ tool: { name: "thing" } });
  },
);

test("OpenAI Agents: `outputType` works over chat completions.", async () => {
  servers = await startServers();
  servers.bedrock.script([reply({ id: 7, name: "x" })]);
  const model = new OpenAIChatCompletionsModel(openai() as never, MODEL);
  const agent = new Agent({ name: "A", instructions: "Be brief.", model, outputType: Thing });
  const result = await new Runner({ tracingDisabled: true }).run(agent, "Thing?");
  expect(result.finalOutput).toEqual({ id: 7, name: "x" });
});
