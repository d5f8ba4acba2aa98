/** The ag-ui protocol with two versions of its client. */
import { afterEach, describe, expect, test } from "bun:test";
import { HttpAgent } from "@ag-ui/client";
import { HttpAgent as HttpAgent0 } from "ag-ui-client-0.0.59";
import { pixel } from "./pixel.ts";
import { readModelRequest, type Servers, startServers } from "./servers.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

type Event = Record<string, unknown> & { readonly type: string };
const CLIENTS = { "1.0.0": HttpAgent, "0.0.59": HttpAgent0 as unknown as typeof HttpAgent };
const BOX = { name: "createThing", input: { body: { name: "box" } } };
const TOOLS = [
  { name: "confirm.colour", description: "Shows a colour.", parameters: { type: "object", properties: {} } },
];

describe.each(["1.0.0", "0.0.59"] as const)("@ag-ui/client %s", (version) => {
  function createAgent() {
    const agent = new CLIENTS[version]({ url: `${servers.specchat.url}/bedrock-chat/ag-ui`, threadId: "t1" });
    const run = async (parameters: Parameters<HttpAgent["runAgent"]>[0] = {}): Promise<readonly Event[]> => {
      const events: Event[] = [];
      await agent.runAgent(parameters, { onEvent: ({ event }) => void events.push(event as never) });
      return events;
    };
    const ask = (content: string, parameters?: Parameters<HttpAgent["runAgent"]>[0]) => {
      agent.addMessage({ id: crypto.randomUUID(), role: "user", content });
      return run(parameters);
    };
    return { agent, run, ask };
  }

  test("streams text and calls of the API.", async () => {
    servers = await startServers();
    servers.bedrock.script([
      { calls: [{ name: "getThing", input: { id: "7" } }] },
      { text: "It is thing 7." },
    ]);
    const { agent, ask } = createAgent();
    expect((await ask("Which?")).at(-1)).toMatchObject({ outcome: { type: "success" } });
    expect(agent.messages.at(-1)).toMatchObject({ role: "assistant", content: "It is thing 7." });
  });

  test("runs its tools; pending calls are listed from version 1.0 on.", async () => {
    servers = await startServers();
    servers.bedrock.script([
      {
        calls: [
          { name: "getThing", input: { id: "7" } },
          { name: "confirm_colour", input: {} },
        ],
      },
      { text: "Green." },
    ]);
    const { agent, run, ask } = createAgent();
    const first = await ask("Which?", { tools: TOOLS });
    const isNew = version === "1.0.0";
    expect(first.at(-1)?.outcome).toEqual({
      type: "success",
      ...(isNew && { pendingToolCallIds: ["tooluse_2"] }),
    });
    expect(first).toContainEqual(expect.objectContaining({ toolCallName: "confirm.colour" }));
    expect(servers.api.requests).toEqual(["GET /things/7"]);
    agent.addMessage({ id: "r", role: "tool", toolCallId: "tooluse_2", content: "yes" });
    expect((await run({ tools: TOOLS })).at(-1)).toMatchObject({ outcome: { type: "success" } });
    expect(readModelRequest(servers, 1).messages.at(-1)?.content).toMatchObject([
      { toolResult: { toolUseId: "tooluse_1" } },
      { toolResult: { toolUseId: "tooluse_2", content: [{ text: "yes" }] } },
    ]);
  });

  test("approves a call once, also when a tool message repeats the decision.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ calls: [BOX] }, { text: "Done." }]);
    const { agent, run, ask } = createAgent();
    const first = await ask("Make a box");
    expect(first.at(-1)).toMatchObject({ outcome: { type: "interrupt", interrupts: [{ id: "tooluse_1" }] } });
    agent.addMessage({ id: "hook", role: "tool", toolCallId: "tooluse_1", content: '{"approved":true}' });
    const resume = [{ interruptId: "tooluse_1", status: "resolved" as const, payload: { approved: true } }];
    expect((await run({ resume })).at(-1)).toMatchObject({ outcome: { type: "success" } });
    expect(servers.api.requests).toEqual(['POST /things {"name":"box"}']);
    expect(readModelRequest(servers, 1).messages.at(-1)?.content).toMatchObject([
      { toolResult: { content: [{ text: expect.stringContaining("HTTP 201") }] } },
    ]);
  });

  test("sends files in its own form.", async () => {
    servers = await startServers();
    servers.bedrock.script([{ text: "A pixel." }]);
    const { agent, run } = createAgent();
    const part =
      version === "1.0.0"
        ? { type: "image", source: { type: "data", value: pixel, mimeType: "image/png" } }
        : { type: "binary", mimeType: "image/png", data: pixel, filename: "dot.png" };
    agent.addMessage({ id: "1", role: "user", content: [{ type: "text", text: "What?" }, part] as never });
    await run();
    expect(readModelRequest(servers, 0).messages[0]?.content).toContainEqual({
      image: { format: "png", source: { bytes: pixel } },
    });
  });

  test("opens a thread without messages.", async () => {
    servers = await startServers();
    const { run } = createAgent();
    expect((await run({ tools: [], context: [] })).map(({ type }) => type)).toEqual([
      "RUN_STARTED",
      "RUN_FINISHED",
    ]);
    expect(servers.bedrock.requests).toEqual([]);
  });
});

test("A result that the server sent is not replaced by a decision.", async () => {
  servers = await startServers();
  servers.bedrock.script([{ calls: [BOX] }]);
  const url = `${servers.specchat.url}/bedrock-chat/ag-ui`;
  const id = `${crypto.randomUUID()}-3`;
  const call = { id: "a", type: "function", function: { name: "createThing", arguments: "{}" } };
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify({
      threadId: "t",
      runId: "r",
      messages: [
        { role: "user", content: "Make a box" },
        { role: "assistant", toolCalls: [call] },
        { role: "tool", id, toolCallId: "a", content: "HTTP 201 Created" },
      ],
      resume: [{ interruptId: "a", status: "resolved", payload: true }],
    }),
  });
  expect(await response.text()).toContain("approval_not_found");
  expect(servers.api.requests).toEqual([]);
});
