/** The ag-ui protocol with its official client: a real server, the Bedrock stand-in, an API that records its requests. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  buildResumeArray,
  HttpAgent,
  type HttpAgentConfig,
  type Message,
  type RunAgentParameters,
} from "@ag-ui/client";
import { type StandIn, startBedrock, THROTTLED } from "../bedrock/index.ts";
import { pixel } from "../clients/pixel.ts";
import {
  createBedrockAt,
  MODEL,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;

async function start(...argv: string[]): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: createBedrockAt(bedrock.url),
  });
}

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi();
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

type Event = Record<string, unknown> & { readonly type: string };

class Agent extends HttpAgent {
  /** The events of the last run. */
  events: Event[] = [];

  constructor(config: Partial<HttpAgentConfig> = {}) {
    super({ url: `${specchat.url}/bedrock-chat/ag-ui`, threadId: "t1", ...config });
  }

  async ask(content: string | undefined, parameters: RunAgentParameters = {}): Promise<readonly Event[]> {
    if (content !== undefined) this.addMessage({ id: crypto.randomUUID(), role: "user", content });
    this.events = [];
    await this.runAgent(parameters, {
      onEvent: ({ event }) => void this.events.push(event as Event),
    });
    return this.events;
  }
}

const ID = expect.stringMatching(/^[\da-f-]{36}-\d+$/);
/** Returns messages, system prompt and tools of the n-th model request, without cache points. */
function sent(index: number) {
  const { messages, system, toolConfig } = (bedrock.requests[index]?.body ?? {}) as {
    messages?: { role: string; content: Record<string, unknown>[] }[];
    system?: { text?: string }[];
    toolConfig?: { tools: { toolSpec?: { name: string } }[] };
  };
  return {
    messages: (messages ?? []).map(({ role, content }) => ({
      role,
      content: content.filter((block) => !("cachePoint" in block)),
    })),
    system: (system ?? []).flatMap(({ text }) => text ?? []).join("\n"),
    tools: toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec?.name ?? []),
  };
}

const usage = (outputTokens: number) => [
  {
    model: MODEL,
    inputTokens: expect.any(Number),
    outputTokens,
    totalTokens: expect.any(Number),
    cachedInputTokens: expect.any(Number),
    cacheWriteInputTokens: expect.any(Number),
  },
];

test("A run streams reasoning, text, calls and results, and ends with its usage.", async () => {
  await start("--reasoning-tokens", "2000");
  bedrock.script([
    {
      reasoning: { text: "I look it up.", signature: "s" },
      text: ["Let me ", "look."],
      calls: [
        { name: "getThing", input: { id: "7" } },
        { name: "listThings", input: {} },
      ],
      usage: { outputTokens: 10 },
    },
    { text: "It is thing 7.", usage: { outputTokens: 20 } },
    { text: "You are welcome." },
  ]);
  const agent = new Agent();
  const events = await agent.ask("What is thing 7?", { runId: "r1" });
  const [, , thought, , , , , say] = events.map(({ messageId }) => messageId);
  const result = events.find(({ type }) => type === "TOOL_CALL_RESULT");
  expect(events).toEqual([
    expect.objectContaining({ type: "RUN_STARTED", threadId: "t1", runId: "r1", protocolVersion: "1.0" }),
    { type: "REASONING_START", messageId: ID },
    { type: "REASONING_MESSAGE_START", messageId: thought, role: "reasoning" },
    { type: "REASONING_MESSAGE_CONTENT", messageId: thought, delta: "I look it up." },
    { type: "REASONING_MESSAGE_END", messageId: thought },
    { type: "REASONING_END", messageId: thought },
    { type: "TEXT_MESSAGE_START", messageId: ID, role: "assistant" },
    { type: "TEXT_MESSAGE_CONTENT", messageId: say, delta: "Let me " },
    { type: "TEXT_MESSAGE_CONTENT", messageId: say, delta: "look." },
    { type: "TEXT_MESSAGE_END", messageId: say },
    { type: "TOOL_CALL_START", toolCallId: "tooluse_1", toolCallName: "getThing", parentMessageId: say },
    { type: "TOOL_CALL_ARGS", toolCallId: "tooluse_1", delta: '{"id":"7"}' },
    { type: "TOOL_CALL_END", toolCallId: "tooluse_1" },
    { type: "TOOL_CALL_START", toolCallId: "tooluse_2", toolCallName: "listThings", parentMessageId: say },
    { type: "TOOL_CALL_ARGS", toolCallId: "tooluse_2", delta: "{}" },
    { type: "TOOL_CALL_END", toolCallId: "tooluse_2" },
    {
      type: "TOOL_CALL_RESULT",
      messageId: ID,
      toolCallId: "tooluse_1",
      content: '{"id":7,"name":"thing 7"}',
      role: "tool",
    },
    {
      type: "TOOL_CALL_RESULT",
      messageId: ID,
      toolCallId: "tooluse_2",
      content: '[{"id":1},{"id":2}]',
      role: "tool",
    },
    { type: "TEXT_MESSAGE_START", messageId: ID, role: "assistant" },
    { type: "TEXT_MESSAGE_CONTENT", messageId: ID, delta: "It is thing 7." },
    { type: "TEXT_MESSAGE_END", messageId: ID },
    {
      type: "RUN_FINISHED",
      threadId: "t1",
      runId: "r1",
      result: { model: MODEL, stopReason: "end_turn" },
      outcome: { type: "success" },
      usage: usage(30),
    },
  ]);
  expect(result).toBeDefined();
  expect(agent.messages.map(({ role }) => role)).toEqual([
    "user",
    "reasoning",
    "assistant",
    "tool",
    "tool",
    "assistant",
  ]);
  // The client sends the complete history back; the server stores nothing.
  await agent.ask("Thank you");
  expect(sent(2).messages).toEqual([
    { role: "user", content: [{ text: "What is thing 7?" }] },
    {
      role: "assistant",
      content: [
        { text: "Let me look." },
        { toolUse: { toolUseId: "tooluse_1", name: "getThing", input: { id: "7" } } },
        { toolUse: { toolUseId: "tooluse_2", name: "listThings", input: {} } },
      ],
    },
    {
      role: "user",
      content: [
        { toolResult: { toolUseId: "tooluse_1", content: [{ text: '{"id":7,"name":"thing 7"}' }] } },
        { toolResult: { toolUseId: "tooluse_2", content: [{ text: '[{"id":1},{"id":2}]' }] } },
      ],
    },
    { role: "assistant", content: [{ text: "It is thing 7." }] },
    { role: "user", content: [{ text: "Thank you" }] },
  ]);
  expect(await Array.fromAsync(specchat.app.store.ids())).toEqual([]);
});

test("Instructions and context of the application follow ours, and images reach the model.", async () => {
  await start("--system-prompt", "You are ours.");
  bedrock.script([{ text: "One pixel." }]);
  const agent = new Agent();
  agent.addMessage({ id: "1", role: "system", content: "Be brief." });
  agent.addMessage({
    id: "2",
    role: "user",
    content: [
      { type: "text", text: "What is it?" },
      { type: "image", source: { type: "data", value: pixel, mimeType: "image/png" } },
    ],
  });
  await agent.ask(undefined, { context: [{ description: "The open order", value: "17" }] });
  expect(sent(0).messages[0]?.content).toContainEqual({ image: { format: "png", source: { bytes: pixel } } });
  expect(sent(0).system).toStartWith("You are ours.");
  expect(sent(0).system).toEndWith("Be brief.\n\nThe open order:\n17");
});

test("The application runs the tools it sends; ours are switched off with --client-tools instead.", async () => {
  await start("--client-tools", "instead");
  bedrock.script([
    {
      text: "I ask.",
      calls: [{ name: "confirmColour", input: { colour: "green" } }],
      usage: { outputTokens: 11 },
    },
    { text: "Green it is.", usage: { outputTokens: 13 } },
  ]);
  const agent = new Agent();
  const tools = [
    {
      name: "confirmColour",
      description: "Shows a colour.",
      parameters: { type: "object", properties: { colour: { type: "string" } } },
    },
  ];
  const first = await agent.ask("Which colour?", { tools });
  expect(first.at(-1)).toMatchObject({
    type: "RUN_FINISHED",
    outcome: { type: "success", pendingToolCallIds: ["tooluse_1"] },
    usage: usage(11),
  });
  expect(first.filter(({ type }) => type === "TOOL_CALL_RESULT")).toEqual([]);
  agent.addMessage({ id: "result", role: "tool", toolCallId: "tooluse_1", content: "yes" });
  const second = await agent.ask(undefined, { tools });
  expect(second.at(-1)).toMatchObject({ outcome: { type: "success" }, usage: usage(13) });
  expect([sent(0).tools, sent(1).tools]).toEqual([["confirmColour"], ["confirmColour"]]);
  expect(sent(1).messages.at(-1)).toEqual({
    role: "user",
    content: [{ toolResult: { toolUseId: "tooluse_1", content: [{ text: "yes" }] } }],
  });
  expect(api.requests).toEqual([]);
});

describe("a call that needs approval", () => {
  const BOX = { name: "createThing", input: { body: { name: "box" } } };
  const LID = { name: "createThing", input: { body: { name: "lid" } } };

  test("interrupts the run; the next run makes approved calls and reports refused ones.", async () => {
    await start();
    bedrock.script([
      {
        text: "I make both.",
        calls: [{ name: "getThing", input: { id: "7" } }, BOX, LID],
        usage: { outputTokens: 10 },
      },
      { text: "The box is there.", usage: { outputTokens: 20 } },
    ]);
    const agent = new Agent();
    const first = await agent.ask("Make a box with a lid");
    const interrupt = (id: string, name: string) => ({
      id,
      reason: "tool_call",
      toolCallId: id,
      message: `POST ${api.url}/things`,
      responseSchema: expect.objectContaining({ required: ["approved"] }),
      metadata: { request: { method: "POST", url: `${api.url}/things`, body: `{"name":"${name}"}` } },
    });
    expect(first.at(-1)).toMatchObject({
      type: "RUN_FINISHED",
      outcome: {
        type: "interrupt",
        interrupts: [interrupt("tooluse_2", "box"), interrupt("tooluse_3", "lid")],
      },
      usage: usage(10),
    });
    expect(api.requests).toEqual(["GET /things/7"]);
    const resume = buildResumeArray(agent.pendingInterrupts, {
      tooluse_2: { status: "resolved", payload: { approved: true } },
      tooluse_3: { status: "resolved", payload: { approved: false, reason: "No lids." } },
    });
    const second = await agent.ask(undefined, { resume });
    expect(second.slice(1)).toEqual([
      {
        type: "TOOL_CALL_RESULT",
        messageId: ID,
        toolCallId: "tooluse_2",
        content: 'HTTP 201 Created\n\n{"id":7}',
        role: "tool",
      },
      {
        type: "TOOL_CALL_RESULT",
        messageId: ID,
        toolCallId: "tooluse_3",
        content: expect.stringContaining("No lids."),
        role: "tool",
      },
      { type: "TEXT_MESSAGE_START", messageId: ID, role: "assistant" },
      { type: "TEXT_MESSAGE_CONTENT", messageId: ID, delta: "The box is there." },
      { type: "TEXT_MESSAGE_END", messageId: ID },
      expect.objectContaining({ outcome: { type: "success" }, usage: usage(20) }),
    ]);
    expect(api.requests).toEqual(["GET /things/7", 'POST /things {"name":"box"}']);
    const results = sent(1).messages.at(-1)?.content ?? [];
    expect(results.map((block) => (block.toolResult as { toolUseId: string }).toolUseId)).toEqual([
      "tooluse_1",
      "tooluse_2",
      "tooluse_3",
    ]);
    const metrics = await (await fetch(`${specchat.url}/metrics`)).text();
    expect(metrics).toMatch(/bedrock_chat_tokens_total\{model="[^"]+",kind="output"\} 30/);
  });

  /** Posts a run over the same history, as a client does that retries. */
  async function post(messages: readonly Message[], resume: unknown): Promise<readonly Event[]> {
    const response = await fetch(`${specchat.url}/bedrock-chat/ag-ui`, {
      method: "POST",
      body: JSON.stringify({ threadId: "t1", runId: "again", messages, resume }),
    });
    const lines = (await response.text()).split("\n\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line.slice("data: ".length)));
  }

  test("is made once although the decision is sent again, and a decision on no call is a run error.", async () => {
    await start();
    bedrock.script([{ calls: [BOX] }, { text: "Done." }]);
    const agent = new Agent();
    await agent.ask("Make a box");
    const { messages } = agent;
    const yes = (interruptId: string) => ({ interruptId, status: "resolved", payload: { approved: true } });
    const refused = (message: string, code = "approval_not_found") => [
      { type: "RUN_STARTED", threadId: "t1", runId: "again", protocolVersion: "1.0" },
      { type: "RUN_ERROR", message, code },
    ];
    const incomplete = "resume: it does not answer the calls that are open, each once.";
    expect(await post(messages, [yes("nothing")])).toEqual(refused(incomplete));
    expect(await post(messages, [yes("tooluse_1"), yes("nothing")])).toEqual(refused(incomplete));
    expect(await post(messages, [{ ...yes("tooluse_1"), payload: "sure" }])).toEqual(
      refused('resume: the payload for tooluse_1 is no {"approved": true or false}.', "bad_request"),
    );
    expect((await post(messages, [yes("tooluse_1")])).at(-1)).toMatchObject({ outcome: { type: "success" } });
    expect(await post(messages, [yes("tooluse_1")])).toEqual(refused("These calls were decided on already."));
    expect(api.requests).toEqual(['POST /things {"name":"box"}']);
  });

  test("is not made when the user cancels, and the next message works.", async () => {
    await start();
    bedrock.script([{ calls: [BOX] }, { text: "Very well." }, { text: "Of course." }]);
    const agent = new Agent();
    await agent.ask("Make a box");
    const resume = buildResumeArray(agent.pendingInterrupts, { tooluse_1: { status: "cancelled" } });
    expect((await agent.ask(undefined, { resume })).at(-1)).toMatchObject({ outcome: { type: "success" } });
    await agent.ask("Tell me a joke instead");
    expect(bedrock.requests.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined]);
    expect(api.requests).toEqual([]);
  });
});

test("A failing model is RUN_ERROR, and an invalid request is rejected.", async () => {
  await start("--rate-limit", "2/hour");
  bedrock.script([THROTTLED, THROTTLED, THROTTLED, THROTTLED]);
  const agent = new Agent();
  const failed = await agent.ask("Hi").catch(() => agent.events);
  expect(failed.filter(({ type }) => type !== "CUSTOM").slice(1)).toEqual([
    {
      type: "RUN_ERROR",
      message: "I'm experiencing high traffic. Please try again in a moment.",
      code: "throttled",
    },
  ]);
  expect(failed.filter(({ type }) => type === "CUSTOM")).toEqual(
    Array.from({ length: 3 }, () => ({
      type: "CUSTOM",
      name: "notice",
      value: { code: "retrying", message: expect.any(String) },
    })),
  );
  const post = (body: string) => fetch(`${specchat.url}/bedrock-chat/ag-ui`, { method: "POST", body });
  const unreadable = await post('{"threadId":"t","runId":"r","messages":[{"role":"king"}]}');
  expect([unreadable.status, await unreadable.json()]).toEqual([
    400,
    { detail: expect.stringContaining("messages.0.role") },
  ]);
  const odd = { name: "odd", description: "", parameters: { properties: { a: { $ref: "#/nowhere" } } } };
  const message = { id: "m", role: "user", content: "Hi" };
  const unusable = await post(
    JSON.stringify({ threadId: "t", runId: "r", messages: [message], tools: [odd] }),
  );
  expect([unusable.status, await unusable.json()]).toEqual([
    400,
    { detail: expect.stringContaining('The tool "odd" cannot be used: ') },
  ]);
  const input = (messages: readonly object[], forwardedProps: object) =>
    JSON.stringify({ threadId: "t", runId: "r", messages, forwardedProps });
  const wrongModel = await post(input([{ role: "user", content: "Hi" }], { model: "gpt-4o" }));
  expect(await wrongModel.text()).toContain(
    '"type":"RUN_ERROR","message":"The model \\"gpt-4o\\" is not offered',
  );
  expect((await post(input([{ role: "user", content: "Hi" }], {}))).status).toBe(429);
});

test("An error contains no text of Bedrock.", async () => {
  await start();
  bedrock.script([{ error: { status: 400, type: "ValidationException", message: "secret detail" } }]);
  const agent = new Agent();
  const events = await agent.ask("Hi").catch(() => agent.events);
  expect(events.at(-1)?.type).toBe("RUN_ERROR");
  expect(JSON.stringify(events)).not.toContain("secret");
});

test("Several assistant messages of one reply are one message to the model.", async () => {
  await start();
  bedrock.script([{ text: "Both are there." }]);
  const agent = new Agent();
  const call = (id: string) =>
    ({ id, type: "function", function: { name: "getThing", arguments: `{"id":"${id}"}` } }) as const;
  agent.addMessages([
    { id: "1", role: "user", content: "Get both" },
    { id: "2", role: "assistant", content: "I get them." },
    { id: "3", role: "assistant", toolCalls: [call("a")] },
    { id: "4", role: "assistant", toolCalls: [call("b")] },
    { id: "5", role: "tool", toolCallId: "b", content: "B" },
    { id: "6", role: "tool", toolCallId: "a", content: "", error: "no A" },
  ]);
  await agent.ask(undefined);
  expect(sent(0).messages.slice(1)).toEqual([
    {
      role: "assistant",
      content: [
        { text: "I get them." },
        { toolUse: { toolUseId: "a", name: "getThing", input: { id: "a" } } },
        { toolUse: { toolUseId: "b", name: "getThing", input: { id: "b" } } },
      ],
    },
    {
      role: "user",
      content: [
        { toolResult: { toolUseId: "a", content: [{ text: "no A" }], status: "error" } },
        { toolResult: { toolUseId: "b", content: [{ text: "B" }] } },
      ],
    },
  ]);
});

test("A client that disconnects closes the request to the model.", async () => {
  await start();
  const never = new Promise<void>(() => {});
  bedrock.script([{ text: ["Once", " upon"], beforeEvent: (index) => (index === 2 ? never : undefined) }]);
  const agent = new Agent();
  agent.addMessage({ id: "1", role: "user", content: "A story" });
  await agent
    .runAgent({}, { onTextMessageContentEvent: () => agent.abortRun() })
    .catch(() => "the client reports it in its own way");
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
});

test("Fifty runs start while the model is silent.", async () => {
  await start();
  bedrock.script(() => ({ hang: true }));
  const disconnect = new AbortController();
  const first = async () => {
    const response = await fetch(`${specchat.url}/bedrock-chat/ag-ui`, {
      method: "POST",
      body: JSON.stringify({ threadId: "t", runId: "r", messages: [{ role: "user", content: "Hi" }] }),
      signal: disconnect.signal,
    });
    const { value } = (await response.body?.getReader().read()) ?? {};
    return new TextDecoder().decode(value);
  };
  const beginnings = await Promise.all(Array.from({ length: 50 }, first));
  const started = 'data: {"type":"RUN_STARTED","threadId":"t","runId":"r","protocolVersion":"1.0"}\n\n';
  expect(beginnings).toEqual(Array.from({ length: 50 }, () => started));
  disconnect.abort();
});

test("--contracts can switch it off.", async () => {
  await start("--contracts", "native");
  expect((await fetch(`${specchat.url}/bedrock-chat/ag-ui`, { method: "POST" })).status).toBe(404);
});
