/** TanStack AI with its adapters for both APIs of OpenAI. */
import { afterEach, describe, expect, test } from "bun:test";
import { chat, toolDefinition } from "@tanstack/ai";
import { createOpenaiChat, createOpenaiChatCompletions } from "@tanstack/ai-openai";
import { z } from "zod";
import { MODEL } from "../support/harness.ts";
import { type Servers, startServers } from "./servers.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

const config = () => ({ baseURL: `${servers.specchat.url}/v1` });
/** The adapters declare the models of OpenAI alone. */
const model = MODEL as "gpt-4o";
const question = [{ role: "user", content: "?" } as const];

describe.each([
  ["responses", () => createOpenaiChat(model, "any", config())],
  ["chat completions", () => createOpenaiChatCompletions(model, "any", config())],
])("%s:", (_name, createAdapter) => {
  test("A reply, a tool of the client beside those of the API, and an object.", async () => {
    servers = await startServers();
    servers.bedrock.script([
      { text: "Hello." },
      {
        text: "I look.",
        calls: [
          { name: "getThing", input: { id: "1" } },
          { name: "weather", input: { city: "Rome" } },
        ],
      },
      { text: "Sun in Rome." },
      { calls: [{ name: "json_reply", input: { id: 7, name: "x" } }] },
    ]);
    expect(await chat({ adapter: createAdapter(), messages: question, stream: false })).toBe("Hello.");
    const weather = toolDefinition({
      name: "weather",
      description: "Tells the weather.",
      inputSchema: z.object({ city: z.string() }),
    }).server(async ({ city }) => `Sun in ${city}`);
    let text = "";
    for await (const event of chat({ adapter: createAdapter(), messages: question, tools: [weather] }))
      if (event.type === "TEXT_MESSAGE_CONTENT") text += event.delta;
    expect([text, servers.api.requests]).toEqual(["I look.Sun in Rome.", ["GET /things/1"]]);
    const Thing = z.object({ id: z.number().int(), name: z.string() });
    const thing = await chat({ adapter: createAdapter(), messages: question, outputSchema: Thing });
    expect(thing).toEqual({ id: 7, name: "x" });
  });
});
