/** The protocol's own client against the real server. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { type BaseEvent, HttpAgent, type Message, type Tool } from "@ag-ui/client";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { bedrockAt, MODEL, type RecordingApi, type Specchat, startApi, startSpecchat } from "../harness.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;

beforeEach(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  await start();
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

async function start(...argv: string[]): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: bedrockAt(bedrock.url),
  });
}

const asks = (content: string): Message => ({ id: "u1", role: "user", content });

function agentOf(...messages: Message[]): HttpAgent {
  return new HttpAgent({
    url: `${specchat.url}/bedrock-chat/ag-ui`,
    threadId: "thread",
    initialMessages: messages,
  });
}

/** The types of the run's events, and the messages it added. */
async function run(agent: HttpAgent, tools: Tool[] = []) {
  const events: BaseEvent[] = [];
  const { newMessages } = await agent.runAgent(
    { runId: "run", tools },
    { onEvent: ({ event }) => void events.push(event) },
  );
  return { types: events.map(({ type }) => String(type)), events, newMessages };
}

test("an answer is a message of the run, which ends with what was used", async () => {
  bedrock.script([{ reasoning: { text: "Hm.", signature: "c2ln" }, text: ["Hel", "lo."] }]);
  const { events } = await run(agentOf(asks("hi")));
  expect(events.map(({ type, ...event }) => [String(type), event])).toEqual([
    ["RUN_STARTED", { threadId: "thread", runId: "run" }],
    ["REASONING_START", { messageId: "run-1" }],
    ["REASONING_MESSAGE_START", { messageId: "run-1", role: "reasoning" }],
    ["REASONING_MESSAGE_CONTENT", { messageId: "run-1", delta: "Hm." }],
    ["REASONING_MESSAGE_END", { messageId: "run-1" }],
    ["REASONING_END", { messageId: "run-1" }],
    ["TEXT_MESSAGE_START", { messageId: "run-2", role: "assistant" }],
    ["TEXT_MESSAGE_CONTENT", { messageId: "run-2", delta: "Hel" }],
    ["TEXT_MESSAGE_CONTENT", { messageId: "run-2", delta: "lo." }],
    ["TEXT_MESSAGE_END", { messageId: "run-2" }],
    [
      "RUN_FINISHED",
      {
        threadId: "thread",
        runId: "run",
        usage: [{ model: MODEL, inputTokens: expect.any(Number), outputTokens: expect.any(Number) }],
      },
    ],
  ] as never);
});

test("calls and results are messages the client keeps, and its next run goes on from them", async () => {
  bedrock.script([
    { text: "I look.", calls: [{ name: "listThings", input: {}, id: "c1" }] },
    { text: "Two." },
    { text: "Still two." },
  ]);
  const agent = agentOf(asks("how many?"));
  const { newMessages } = await run(agent);
  const listing = { id: "c1", type: "function", function: { name: "listThings", arguments: "{}" } };
  expect(newMessages).toEqual([
    { id: "run-1", role: "assistant", content: "I look.", toolCalls: [listing] },
    { id: "c1-result", role: "tool", toolCallId: "c1", content: '[{"id":1},{"id":2}]' },
    { id: "run-2", role: "assistant", content: "Two." },
  ] as never);
  agent.addMessage({ id: "u2", role: "user", content: "and now?" });
  await run(agent);
  const sent = bedrock.requests[2]?.body.messages as { role: string; content: object[] }[];
  expect(sent.map(({ role, content }) => [role, content.flatMap(Object.keys)])).toEqual([
    ["user", ["text"]],
    ["assistant", ["text", "toolUse"]],
    ["user", expect.arrayContaining(["toolResult"])],
    ["assistant", ["text"]],
    ["user", expect.arrayContaining(["text"])],
  ]);
});

test("a call that needs approval is not made, and the model learns why", async () => {
  bedrock.script([
    { calls: [{ name: "createThing", input: { name: "box" }, id: "c1" }] },
    { text: "I cannot." },
  ]);
  const { newMessages } = await run(agentOf(asks("create a box")));
  expect(newMessages[1]).toMatchObject({ role: "tool", content: expect.stringContaining("approval") });
  expect(api.requests).toEqual([]);
});

test("a client's own tools take the place of ours, and it carries them out", async () => {
  bedrock.script([{ calls: [{ name: "paint", input: { color: "red" }, id: "c1" }] }, { text: "Painted." }]);
  const paint = {
    name: "paint",
    description: "Paints the page.",
    parameters: { type: "object", properties: { color: { type: "string" } } },
  };
  const agent = agentOf(asks("paint it red"));
  expect((await run(agent, [paint])).types).toEqual([
    "RUN_STARTED",
    "TOOL_CALL_START",
    "TOOL_CALL_ARGS",
    "TOOL_CALL_END",
    "RUN_FINISHED",
  ]);
  const config = bedrock.requests[0]?.body.toolConfig as { tools: { toolSpec?: { name: string } }[] };
  expect(config.tools.flatMap(({ toolSpec }) => toolSpec?.name ?? [])).toEqual(["paint"]);
  agent.addMessage({ id: "t1", role: "tool", toolCallId: "c1", content: "red it is" });
  expect((await run(agent, [paint])).newMessages).toMatchObject([{ role: "assistant", content: "Painted." }]);
  expect(JSON.stringify(bedrock.requests[1]?.body.messages)).toContain("red it is");
});

test("a model that fails ends the run with an error", async () => {
  bedrock.script([{ error: { status: 400, type: "ValidationException", message: "secret detail" } }]);
  const body = { threadId: "t", runId: "r", messages: [asks("hi")] };
  const response = await fetch(`${specchat.url}/bedrock-chat/ag-ui`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  const frames = (await response.text())
    .trim()
    .split("\n\n")
    .map((line) => JSON.parse(line.replace("data: ", "")));
  expect(frames).toEqual([
    { type: "RUN_STARTED", threadId: "t", runId: "r" },
    { type: "RUN_ERROR", message: expect.not.stringContaining("secret"), code: expect.any(String) },
  ]);
});

test("whoever leaves stops the run", async () => {
  const { promise } = Promise.withResolvers<void>();
  bedrock.script([{ text: ["Half", " and half."], gate: (index) => (index === 3 ? promise : undefined) }]);
  const agent = agentOf(asks("hi"));
  const leave = { onTextMessageContentEvent: () => agent.abortRun() };
  await agent.runAgent({ runId: "run" }, leave).catch(() => undefined);
  expect(await bedrock.requests[0]?.outcome).toBe("left");
});

test("nothing of it is served when the contract is left out, and what is no question is refused", async () => {
  const post = async (body: unknown) =>
    (await fetch(`${specchat.url}/bedrock-chat/ag-ui`, { method: "POST", body: JSON.stringify(body) }))
      .status;
  expect(await post({ threadId: "t", runId: "r", messages: [] })).toBe(400);
  await specchat.stop();
  await start("--contracts", "native");
  expect(await post({})).toBe(404);
});
