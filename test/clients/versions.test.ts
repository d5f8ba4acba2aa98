/** The same work with each version of a client that is in use, over both APIs of OpenAI. */
import { afterEach, describe, expect, test } from "bun:test";
import * as openaiProvider4 from "@ai-sdk/openai";
import * as ai7 from "ai";
import * as ai6 from "ai-6";
import * as openaiProvider3 from "ai-sdk-openai-3";
import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import OpenAI6 from "openai-6";
import { z } from "zod";
import { MODEL } from "../support/harness.ts";
import { type Servers, startServers } from "./servers.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

const baseURL = () => `${servers.specchat.url}/v1`;
const Thing = z.object({ id: z.number().int(), name: z.string() });
const City = z.object({ city: z.string() });
const THING = { id: 7, name: "x" };
const reply = (input: Record<string, unknown>) => ({ calls: [{ name: "json_reply", input }] });
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

const SDKS = [
  { name: "7", ai: ai7, provider: openaiProvider4 },
  {
    name: "6",
    ai: ai6 as unknown as typeof ai7,
    provider: openaiProvider3 as unknown as typeof openaiProvider4,
  },
];

describe.each(SDKS)("AI SDK $name:", ({ ai, provider }) => {
  test.each([
    ["the default model", false],
    ["`.chat()`", true],
  ])("%s runs tools, streams, and gives objects, lists and choices.", async (_name, isChat) => {
    servers = await startServers();
    const openai = provider.createOpenAI({ baseURL: baseURL(), apiKey: "any" });
    const model = isChat ? openai.chat(MODEL) : openai(MODEL);
    servers.bedrock.script([
      ...[...WEATHER_AND_THING, ...WEATHER_AND_THING],
      ...[reply(THING), reply({ elements: [THING] }), reply({ result: "red" }), reply(THING)],
    ]);
    const weather = ai.tool({ inputSchema: City, execute: ({ city }) => `Sun in ${city}` });
    const options = { model, prompt: "?", tools: { weather }, stopWhen: ai.stepCountIs(3) };
    expect((await ai.generateText(options)).text).toBe("Sun in Rome.");
    expect(await ai.streamText(options).text).toBe("Sun in Rome.");
    const { Output } = ai;
    const object = await ai.generateText({ model, prompt: "?", output: Output.object({ schema: Thing }) });
    const list = await ai.generateText({ model, prompt: "?", output: Output.array({ element: Thing }) });
    const choice = await ai.generateText({
      model,
      prompt: "?",
      output: Output.choice({ options: ["red", "blue"] }),
    });
    const streamed = ai.streamText({ model, prompt: "?", output: Output.object({ schema: Thing }) });
    expect([object.output, list.output, choice.output, await streamed.output]).toEqual([
      THING,
      [THING],
      "red",
      THING,
    ]);
    expect(servers.api.requests).toEqual(["GET /things/1", "GET /things/1"]);
  });
});

const LIBRARIES = [
  { name: "7", Client: OpenAI },
  { name: "6", Client: OpenAI6 as unknown as typeof OpenAI },
];

describe.each(LIBRARIES)("openai $name:", ({ Client }) => {
  const openai = () => new Client({ baseURL: baseURL(), apiKey: "any", maxRetries: 0 });

  test("Chat completions are parsed, streamed and run tools.", async () => {
    servers = await startServers();
    servers.bedrock.script([reply(THING), reply(THING), ...WEATHER_AND_THING]);
    const messages = [{ role: "user", content: "?" } as const];
    const body = { model: MODEL, messages, response_format: zodResponseFormat(Thing, "thing") };
    const whole = await openai().chat.completions.parse(body);
    const streamed = await openai().chat.completions.stream(body).finalChatCompletion();
    for (const { choices } of [whole, streamed]) expect(choices[0]?.message.parsed).toEqual(THING);
    const weather = {
      name: "weather",
      description: "Tells the weather.",
      parse: (text: string) => City.parse(JSON.parse(text)),
      function: ({ city }: z.output<typeof City>) => `Sun in ${city}`,
      parameters: { type: "object", properties: { city: { type: "string" } } },
    };
    const runner = openai().chat.completions.runTools({
      model: MODEL,
      messages,
      tools: [{ type: "function", function: weather }],
    });
    expect(await runner.finalContent()).toBe("Sun in Rome.");
  });

  test("Responses are parsed, streamed, continued by id and sent back.", async () => {
    servers = await startServers();
    servers.bedrock.script([reply(THING), reply(THING), { text: "Again." }, { text: "Once more." }]);
    const body = { model: MODEL, input: "?", text: { format: zodTextFormat(Thing, "thing") } };
    const whole = await openai().responses.parse(body);
    const streamed = await openai().responses.stream(body).finalResponse();
    expect([whole.output_parsed, streamed.output_parsed]).toEqual([THING, THING]);
    const next = await openai()
      .responses.stream({ model: MODEL, input: "And?", previous_response_id: streamed.id })
      .finalResponse();
    expect(next.output_text).toBe("Again.");
    const input = [{ role: "user", content: "?" }, ...whole.output, { role: "user", content: "More?" }];
    const last = await openai().responses.create({
      model: MODEL,
      input: input as OpenAI.Responses.ResponseInput,
      truncation: "auto",
      include: ["reasoning.encrypted_content"],
    });
    expect(last.output_text).toBe("Once more.");
  });
});
