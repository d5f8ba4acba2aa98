/** The native protocol: a real server and WebSocket, the Bedrock stand-in, an API that records its requests. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Model } from "../../src/model/types.ts";
import { ACCESS_DENIED, type StandIn, startBedrock, THROTTLED } from "../bedrock/index.ts";
import {
  createBedrockAt,
  type Frame,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let client: NativeClient;

async function start(...argv: string[]): Promise<void> {
  await startWith(createBedrockAt(bedrock.url), ...argv);
}

async function startWith(model: Model, ...argv: string[]): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model,
  });
  client = await NativeClient.connect(specchat.url);
}

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi();
});

afterEach(async () => {
  client.close();
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Returns the role and the kinds of blocks of each message in the n-th model request, without cache points. */
function conversation(index: number): string[] {
  const messages = (bedrock.requests[index]?.body.messages ?? []) as { role: string; content: object[] }[];
  return messages.map(({ role, content }) => {
    const kinds = content.flatMap((block) => Object.keys(block)).filter((kind) => kind !== "cachePoint");
    return `${role}: ${kinds.join(", ")}`;
  });
}

test("N1 The first frame is connection_established with a session id.", async () => {
  await start();
  expect(await client.next()).toEqual({
    type: "connection_established",
    session_id: expect.stringMatching(UUID),
    message: "Connected to AI assistant",
    model: MODEL,
    models: [MODEL],
    tools: 3,
    resumed: false,
    attachments: { max_files: 10, max_bytes: 10_000_000 },
    examples: ["List the things", "What can you help me with?"],
  });
});

test("N2 The reply to a message is typing, deltas and an ai_response that joins them.", async () => {
  await start();
  bedrock.script([
    { text: ["He", "llo", " 😀"], usage: { inputTokens: 12, outputTokens: 3, cacheWriteInputTokens: 0 } },
  ]);
  await client.next();
  const frames = await client.runTurn("hi");
  const turn_id = expect.stringMatching(UUID);
  expect(frames).toEqual([
    { type: "typing", seq: 1, turn_id, message: "AI is thinking...", message_id: expect.any(String) },
    { type: "text_delta", seq: 2, turn_id, text: "He" },
    { type: "text_delta", seq: 3, turn_id, text: "llo" },
    { type: "text_delta", seq: 4, turn_id, text: " 😀" },
    {
      type: "ai_response",
      seq: 5,
      turn_id,
      message: "Hello 😀",
      tool_calls: [],
      tool_results: [],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      stop_reason: "end_turn",
      usage: {
        input_tokens: 12,
        output_tokens: 3,
        total_tokens: 15,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
      },
      cost_usd: (12 * 3 + 3 * 15) / 1e6,
      session_cost_usd: (12 * 3 + 3 * 15) / 1e6,
      context: { used: 15, limit: 200_000 },
      model: MODEL,
    },
  ]);
});

test("N3 A client works that handles only ai_response, as the sample of the original does.", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "getThing", input: { id: "123" } }] }, { text: "It is thing 123." }]);
  const seen: unknown[] = [];
  const socket = new WebSocket(`${specchat.url.replace("http", "ws")}/bedrock-chat/ws`);
  await new Promise<void>((resolve) => {
    socket.onmessage = (event) => {
      const data = JSON.parse(String(event.data));
      if (data.type === "connection_established")
        socket.send(JSON.stringify({ message: "Get thing 123", history: [] }));
      if (data.type !== "ai_response") return;
      seen.push(data.message, data.tool_calls);
      resolve();
    };
  });
  socket.close();
  expect(seen).toEqual([
    "It is thing 123.",
    [{ id: expect.any(String), name: "getThing", arguments: { id: "123" } }],
  ]);
});

test("N4 A tool call is one request to the API, and appears in its frames and in ai_response.", async () => {
  await start();
  bedrock.script([
    { calls: [{ name: "listThings", input: { limit: 2 }, id: "t1" }] },
    { text: "Two things." },
  ]);
  const frames = await client.runTurn("list two things");
  expect(api.requests).toEqual(["GET /things?limit=2"]);
  expect(frames.filter(({ type }) => type === "tool_call" || type === "tool_result")).toEqual([
    expect.objectContaining({
      type: "tool_call",
      tool_call_id: "t1",
      name: "listThings",
      arguments: { limit: 2 },
      method: "GET",
      path: "/things",
    }),
    expect.objectContaining({
      type: "tool_result",
      tool_call_id: "t1",
      name: "listThings",
      status: "ok",
      http_status: 200,
    }),
  ]);
  const end = frames.at(-1);
  if (end?.type !== "ai_response") throw new Error("no answer");
  expect(end.tool_calls).toEqual([{ id: "t1", name: "listThings", arguments: { limit: 2 } }]);
  expect(end.tool_results).toEqual([
    { tool_call_id: "t1", name: "listThings", status: "ok", result: '[{"id":1},{"id":2}]' },
  ]);
});

test("N5 With two parallel calls in each of three rounds, all results of a round reach the model in one user message.", async () => {
  await start();
  const round = (n: number) => ({
    calls: [
      { name: "getThing", input: { id: `${n}` }, id: `a${n}` },
      { name: "getThing", input: { id: n === 2 ? "404" : `${n}0` }, id: `b${n}` },
    ],
  });
  bedrock.script([round(1), round(2), round(3), { text: "Done." }]);
  const frames = await client.runTurn("go");
  const calls = frames.flatMap((frame) =>
    frame.type === "tool_call"
      ? [`call ${frame.tool_call_id}`]
      : frame.type === "tool_result"
        ? [`${frame.status} ${frame.tool_call_id}`]
        : [],
  );
  expect(calls).toEqual([
    "call a1",
    "call b1",
    "ok a1",
    "ok b1",
    "call a2",
    "call b2",
    "ok a2",
    "failed b2",
    "call a3",
    "call b3",
    "ok a3",
    "ok b3",
  ]);
  expect(conversation(3)).toEqual([
    "user: text",
    "assistant: toolUse, toolUse",
    "user: toolResult, toolResult",
    "assistant: toolUse, toolUse",
    "user: toolResult, toolResult",
    "assistant: toolUse, toolUse",
    "user: toolResult, toolResult",
  ]);
  expect(api.requests).toHaveLength(6);
});

describe("N6 An invalid frame gets one error, and the next message works:", () => {
  test.each([
    ["{bad", "bad_frame"],
    ["[1]", "bad_frame"],
    ["5", "bad_frame"],
    [new Uint8Array([1, 2]), "bad_frame"],
    ['{"type":"nope"}', "unknown_type"],
  ] as const)("%p", async (frame, code) => {
    await start();
    bedrock.script([{ text: "Hello" }]);
    await client.next();
    client.send(frame);
    expect(await client.next()).toMatchObject({ type: "error", code, retryable: false });
    expect((await client.runTurn("hi")).at(-1)).toMatchObject({ type: "ai_response", message: "Hello" });
  });

  test("A blank message is ignored.", async () => {
    await start();
    bedrock.script([{ text: "Hello" }]);
    client.send({ message: "  " });
    await client.runTurn("hi");
    expect(bedrock.requests).toHaveLength(1);
  });
});

test("N7 A message over the limit is rejected with an error that names the limit, and is not stored.", async () => {
  await start("--max-input-size", "10");
  bedrock.script([{ text: "Hello" }]);
  await client.next();
  expect((await client.runTurn("x".repeat(11))).at(-1)).toMatchObject({
    type: "error",
    code: "message_too_long",
    message: expect.stringContaining("10"),
  });
  client.send({ type: "history" });
  expect(await client.next()).toEqual({ type: "history", messages: [] });
  expect((await client.runTurn("x".repeat(10))).at(-1)).toMatchObject({ type: "ai_response" });
});

describe("N8 After a failed model call the history stays valid and the next message works:", () => {
  const after = { text: ["1", "2", "3", "4"] };
  test.each([
    ["access denied", [ACCESS_DENIED], "access_denied"],
    ["throttled four times", [THROTTLED, THROTTLED, THROTTLED, THROTTLED], "throttled"],
    ["breaks after three deltas", [{ ...after, fault: { after: 4, kind: "reset" } }], "stream_interrupted"],
    [
      "ends without messageStop",
      [{ ...after, fault: { after: "deltas", kind: "clean_end" } }],
      "stream_interrupted",
    ],
    ["hangs", [{ ...after, fault: { after: 2, kind: "silence" } }], "model_timeout"],
  ] as const)("%s", async (_name, script, code) => {
    await startWith(createBedrockAt(bedrock.url, 2000));
    bedrock.script([...script, { text: "Better now." }]);
    await client.next();
    const failed = await client.runTurn("first");
    expect(failed.at(-1)).toMatchObject({ type: "error", code });
    expect(failed.filter(({ type }) => type === "ai_response" || type === "error")).toHaveLength(1);
    expect((await client.runTurn("second")).at(-1)).toMatchObject({
      type: "ai_response",
      message: "Better now.",
    });
    expect(JSON.stringify(bedrock.requests.at(-1)?.body)).toContain("first");
  });
});

test("N9 stop closes the request to the model and keeps the text so far, and the next turn works.", async () => {
  await start();
  const never = new Promise<void>(() => {});
  bedrock.script([
    { text: ["Once", " upon", " a time"], beforeEvent: (index) => (index === 3 ? never : undefined) },
    { text: "Hello" },
  ]);
  await client.next();
  client.send({ message: "a story" });
  await client.waitFor("text_delta");
  await client.waitFor("text_delta");
  client.send({ type: "stop" });
  expect(await client.waitFor("ai_response")).toMatchObject({ message: "Once upon", stop_reason: "stopped" });
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  expect((await client.runTurn("hi")).at(-1)).toMatchObject({ type: "ai_response", message: "Hello" });
  expect(conversation(1)).toEqual(["user: text", "assistant: text", "user: text"]);
});

test("N11 No request of a session with sixty messages breaks a rule of Bedrock.", async () => {
  await start("--max-conversation-messages", "20");
  bedrock.script((_request, index) =>
    index % 3 === 0 ? { calls: [{ name: "getThing", input: { id: "1" } }] } : { text: `answer ${index}` },
  );
  for (let count = 0; count < 60; count++) {
    expect((await client.runTurn(`question ${count}`)).at(-1)).toMatchObject({ type: "ai_response" });
  }
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  const last = conversation(bedrock.requests.length - 1);
  expect(last.length).toBeLessThanOrEqual(20);
  expect(last[0]).toStartWith("user: text");
});

test("N12 The model can read every byte of a tool result of 500 KB.", async () => {
  const body = Array.from({ length: 22_000 }, (_, index) => `entry ${index} äöü 😀`).join("\n");
  await api.stop();
  api = await startApi(
    () => new Response(body, { headers: { "content-type": "text/plain; charset=utf-8" } }),
  );
  await start();
  expect(Buffer.byteLength(body)).toBeGreaterThan(500_000);
  const read: string[] = [];
  bedrock.script((_request, index) => {
    const { messages } = (bedrock.requests[index]?.body ?? { messages: [] }) as {
      messages: { content: { toolResult?: { content: { text: string }[] } }[] }[];
    };
    const texts = (messages.at(-1)?.content ?? []).flatMap(
      ({ toolResult }) => toolResult?.content[0]?.text ?? [],
    );
    const complete = texts.filter(
      (text) => text.startsWith("[r1, chunk") && !text.endsWith("Ask for less.]"),
    );
    read.push(...complete.map((text) => text.slice(text.indexOf("\n") + 1)));
    if (index === 0) return { calls: [{ name: "listThings", input: {} }] };
    const isFull = texts.length > 1 && complete.length < texts.length;
    if (isFull || read.join("").length === body.length) return { text: "That is all for now." };
    const chunks = [1, 2, 3, 4].map((next) => read.length + next);
    return { calls: chunks.map((chunk) => ({ name: "read_result", input: { id: "r1", chunk } })) };
  });
  // One turn may read half of the context window; the next turn continues.
  for (let turn = 0; turn < 5 && read.join("").length < body.length; turn++) {
    expect((await client.runTurn(`read on ${turn}`)).at(-1)).toMatchObject({ type: "ai_response" });
  }
  expect(read.join("")).toBe(body);
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
});

test("Messages sent during a turn wait in order, and the sixth is rejected.", async () => {
  await start();
  const gate = Promise.withResolvers<void>();
  bedrock.script((_request, index) => ({
    text: `answer ${index}`,
    beforeEvent: () => (index === 0 ? gate.promise : undefined),
  }));
  await client.next();
  for (let count = 0; count < 7; count++) client.send({ message: `question ${count}` });
  expect(await client.waitFor("error")).toMatchObject({ code: "queue_full", retryable: true });
  gate.resolve();
  for (let count = 0; count < 6; count++) {
    expect(await client.waitFor("ai_response")).toMatchObject({ message: `answer ${count}` });
  }
});

test("clear stops the running turn and drops the waiting messages.", async () => {
  await start();
  bedrock.script([
    { text: ["Half", " whole"], beforeEvent: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
  ]);
  await client.next();
  client.send({ message: "first" });
  await client.waitFor("text_delta");
  client.send({ message: "second" });
  client.send({ type: "clear" });
  await client.waitFor("history_cleared");
  client.send({ type: "history" });
  expect(await client.next()).toEqual({ type: "history", messages: [] });
  expect(bedrock.requests).toHaveLength(1);
});

test("history, clear, ping and hello get the replies of the protocol.", async () => {
  await start();
  bedrock.script([{ text: "Hello" }, { text: "Again" }]);
  await client.next();
  await client.runTurn("hi");
  const {
    usage,
    cost_usd: cost,
    context,
  } = client.frames.find(({ type }) => type === "ai_response") as Frame<"ai_response">;
  client.send({ type: "hello", capabilities: ["approval"] });
  client.send({ type: "ping" });
  expect(await client.next()).toEqual({ type: "pong" });
  client.send({ type: "history" });
  const shown = {
    message_id: expect.stringMatching(UUID),
    timestamp: expect.any(String),
    tool_calls: [],
    tool_results: [],
  };
  expect(await client.next()).toEqual({
    type: "history",
    messages: [
      { ...shown, role: "user", content: "hi" },
      {
        ...shown,
        role: "assistant",
        content: "Hello",
        stop_reason: "end_turn",
        usage,
        cost_usd: cost,
        model: MODEL,
        context: context as NonNullable<typeof context>,
      },
    ],
  });
  client.send({ type: "clear" });
  expect(await client.next()).toEqual({ type: "history_cleared" });
  await client.runTurn("hi again");
  expect(conversation(1)).toEqual(["user: text"]);
});
