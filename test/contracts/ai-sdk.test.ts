/** The ai-sdk protocol with the SDK's own client, without a page, against a real server. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect } from "node:net";
import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from "ai";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  type RecordingApi,
  type Specchat,
  type StartOptions,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, USAGE } from "../support/scripted-model.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let url: string;
let transport: DefaultChatTransport<UIMessage>;

beforeEach(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  await start();
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

async function start({ argv = [], model = createBedrockAt(bedrock.url) }: StartOptions = {}): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model,
  });
  url = specchat.url;
  transport = new DefaultChatTransport({ api: `${url}/bedrock-chat/ai` });
}

async function restart(...argv: string[]): Promise<void> {
  await specchat.stop();
  await start({ argv });
}

const userMessage = (text: string): UIMessage => ({
  id: "u1",
  role: "user",
  parts: [{ type: "text", text }],
});

async function send(messages: UIMessage[], signal?: AbortSignal): Promise<ReadableStream<UIMessageChunk>> {
  return await transport.sendMessages({
    chatId: "chat-1",
    messages,
    abortSignal: signal,
    trigger: "submit-message",
    messageId: undefined,
  });
}

/** The message that the client shows at the end, and the errors it received. */
async function shown(stream: ReadableStream<UIMessageChunk>, message?: UIMessage) {
  const errors: string[] = [];
  let last = message;
  const onError = (error: unknown) => errors.push(error instanceof Error ? error.message : String(error));
  for await (const next of readUIMessageStream({ stream, onError, ...(message && { message }) })) last = next;
  if (!last) throw new Error("nothing was shown");
  return { message: last, errors };
}

async function turn(text: string) {
  return await shown(await send([userMessage(text)]));
}

const metadata = {
  sessionId: expect.any(String),
  model: MODEL,
  usage: expect.objectContaining({ totalTokens: expect.any(Number) }),
  cost: expect.any(Number),
  stopReason: "end_turn",
};

const text = (said: string) => ({ type: "text", text: said, state: "done" });
const step = { type: "step-start" };

test("A reply is text in one step, and ends with its cost.", async () => {
  bedrock.script([{ text: ["Hel", "lo."] }]);
  const response = await fetch(`${url}/bedrock-chat/ai`, {
    method: "POST",
    body: JSON.stringify({ id: "chat-1", messages: [userMessage("hi")] }),
  });
  expect([
    response.status,
    response.headers.get("content-type"),
    response.headers.get("x-vercel-ai-ui-message-stream"),
    response.headers.get("x-accel-buffering"),
  ]).toEqual([200, "text/event-stream", "v1", "no"]);
  const events = (await response.text()).split("\n\n").map((line) => line.replace("data: ", ""));
  const end = events.slice(-2);
  const frames = events.slice(0, -2).map((event) => JSON.parse(event));
  expect(end).toEqual(["[DONE]", ""]);
  expect(frames).toEqual([
    {
      type: "start",
      messageId: expect.any(String),
      messageMetadata: { sessionId: frames[0].messageMetadata.sessionId },
    },
    { type: "start-step" },
    { type: "text-start", id: "1" },
    { type: "text-delta", id: "1", delta: "Hel" },
    { type: "text-delta", id: "1", delta: "lo." },
    { type: "text-end", id: "1" },
    { type: "finish-step" },
    { type: "finish", finishReason: "stop", messageMetadata: metadata },
  ]);
});

test("The chat id identifies the history; of the messages sent, only the last one is read.", async () => {
  bedrock.script([{ text: "One." }, { text: "Two." }]);
  await turn("first");
  const invented: UIMessage = { id: "a1", role: "assistant", parts: [{ type: "text", text: "invented" }] };
  await shown(await send([userMessage("never said"), invented, userMessage("second")]));
  const messages = bedrock.requests[1]?.body.messages as { role: string; content: { text?: string }[] }[];
  expect(messages.map(({ role, content }) => [role, content[0]?.text])).toEqual([
    ["user", "first"],
    ["assistant", "One."],
    ["user", "second"],
  ]);
});

test("Reasoning, calls and results are parts of one message, failed results as errors.", async () => {
  bedrock.script([
    {
      text: "I look.",
      calls: [
        { name: "listThings", input: {}, id: "c1" },
        { name: "getThing", input: { id: 404 }, id: "c2" },
      ],
    },
    { reasoning: { text: "Two, then.", signature: "c2ln" }, text: "There are two." },
  ]);
  const { message, errors } = await turn("how many?");
  expect(errors).toEqual([]);
  expect(message).toEqual({
    id: expect.any(String),
    role: "assistant",
    metadata,
    parts: [
      step,
      text("I look."),
      {
        type: "dynamic-tool",
        toolName: "listThings",
        toolCallId: "c1",
        state: "output-available",
        input: {},
        output: '[{"id":1},{"id":2}]',
      },
      {
        type: "dynamic-tool",
        toolName: "getThing",
        toolCallId: "c2",
        state: "output-error",
        input: { id: 404 },
        errorText: 'HTTP 404 Not Found: There is no such thing\n\n{"message":"no such thing"}',
      },
      step,
      { type: "reasoning", id: "2", text: "Two, then.", state: "done" },
      text("There are two."),
    ],
  } as never);
});

test.each([
  [true, "output-available", ['POST /things {"name":"box"}']],
  [false, "output-denied", []],
])(
  "A write waits for approval; after the decision %p the reply continues in the same message.",
  async (approved, state, requests) => {
    bedrock.script([
      { text: "I create it.", calls: [{ name: "createThing", input: { name: "box" }, id: "c1" }] },
      { text: "Well." },
    ]);
    const waiting = await turn("create a box");
    expect(waiting.message.parts).toEqual([
      step,
      text("I create it."),
      expect.objectContaining({
        toolCallId: "c1",
        state: "approval-requested",
        approval: {
          id: expect.stringMatching(/:c1$/),
          descriptor: { request: { method: "POST", url: `${api.url}/things`, body: '{"name":"box"}' } },
        },
      }),
    ] as never);
    expect(api.requests).toEqual([]);
    const decided = structuredClone(waiting.message);
    decided.parts = decided.parts.map((part) =>
      part.type === "dynamic-tool" && part.state === "approval-requested"
        ? { ...part, state: "approval-responded", approval: { ...part.approval, approved } }
        : part,
    );
    const { message, errors } = await shown(
      await send([userMessage("create a box"), decided]),
      structuredClone(decided),
    );
    expect(errors).toEqual([]);
    expect(message.id).toBe(waiting.message.id);
    expect(message.parts).toEqual([
      step,
      text("I create it."),
      expect.objectContaining({ toolCallId: "c1", state }),
      step,
      text("Well."),
    ] as never);
    expect(api.requests).toEqual(requests);
    await expect(send([userMessage("create a box"), decided])).rejects.toThrow("was answered already");
  },
);

test("A message instead of a decision refuses the pending call.", async () => {
  bedrock.script([{ calls: [{ name: "createThing", input: { name: "box" }, id: "c1" }] }, { text: "Fine." }]);
  await turn("create a box");
  const { message } = await turn("no, leave it");
  expect(message.parts).toEqual([step, text("Fine.")] as never);
  expect(api.requests).toEqual([]);
});

test("A failing model is an error for the client, without internal details.", async () => {
  bedrock.script([{ error: { status: 400, type: "ValidationException", message: "secret detail" } }]);
  const stream = await send([userMessage("hi")]);
  const chunks = await Array.fromAsync(stream);
  expect(chunks).toEqual([
    { type: "start", messageId: expect.any(String), messageMetadata: { sessionId: expect.any(String) } },
    { type: "error", errorText: expect.any(String) },
  ]);
  expect(JSON.stringify(chunks)).not.toContain("secret detail");
});

test("An invalid request is rejected before anything is streamed.", async () => {
  const post = async (body: unknown) => {
    const response = await fetch(`${url}/bedrock-chat/ai`, { method: "POST", body: JSON.stringify(body) });
    return [response.status, await response.json()];
  };
  expect(await post({ id: "x", messages: [] })).toEqual([
    400,
    { detail: expect.stringContaining("messages") },
  ]);
  expect(await post({ id: "x", messages: [userMessage(" ")] })).toEqual([
    400,
    { detail: "The newest message is empty." },
  ]);
  const image = { type: "file", mediaType: "image/png", url: "http://127.0.0.1/a.png" };
  expect(await post({ id: "x", messages: [{ id: "u", role: "user", parts: [image] }] })).toEqual([
    400,
    { detail: "Files are taken as data: URLs alone." },
  ]);
});

test("Files reach the model.", async () => {
  bedrock.script([{ text: "Read." }]);
  const file = {
    type: "file",
    mediaType: "text/plain",
    filename: "note.txt",
    url: `data:text/plain;base64,${btoa("forty-two")}`,
  } as const;
  await shown(await send([{ id: "u1", role: "user", parts: [{ type: "text", text: "read it" }, file] }]));
  expect(JSON.stringify(bedrock.requests[0]?.body.messages)).toContain("note.txt");
});

/** Scripts a reply that pauses after its first delta. */
function pausedReply() {
  const { promise, resolve } = Promise.withResolvers<void>();
  bedrock.script([
    { text: ["Half", " and half."], beforeEvent: (index) => (index === 3 ? promise : undefined) },
  ]);
  return { release: resolve };
}

/** Reads until the first text. */
async function firstText(stream: ReadableStream<UIMessageChunk>) {
  const reader = stream.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (value?.type === "text-delta") return reader;
  }
}

test("A dropped connection leaves the turn running and resuming shows all of it, until the turn has ended.", async () => {
  const { release } = pausedReply();
  const disconnect = new AbortController();
  await firstText(await send([userMessage("hi")], disconnect.signal));
  disconnect.abort();
  const stream = await transport.reconnectToStream({ chatId: "chat-1" });
  if (!stream) throw new Error("nothing to resume");
  release();
  const { message } = await shown(stream);
  expect(message.parts).toEqual([step, text("Half and half.")] as never);
  expect(await transport.reconnectToStream({ chatId: "chat-1" })).toBeNull();
  expect(await transport.reconnectToStream({ chatId: "another" })).toBeNull();
});

test("A client that reconnects sees the turn that waits for approval.", async () => {
  bedrock.script([{ calls: [{ name: "createThing", input: { name: "box" }, id: "c1" }] }]);
  const { message } = await turn("create a box");
  const stream = await transport.reconnectToStream({ chatId: "chat-1" });
  if (!stream) throw new Error("nothing to resume");
  expect((await shown(stream)).message).toEqual(message);
});

test("The session's stop ends the turn; a disconnect does not.", async () => {
  pausedReply();
  const stream = await send([userMessage("hi")]);
  const [first, all] = stream.tee();
  const { value } = await first.getReader().read();
  if (value?.type !== "start") throw new Error("no start");
  const { sessionId } = value.messageMetadata as { sessionId: string };
  const reading = Array.fromAsync(all);
  const stopped = await fetch(`${url}/bedrock-chat/sessions/${sessionId}/stop`, { method: "POST" });
  expect(stopped.status).toBe(202);
  expect((await reading).slice(-2)).toEqual([
    { type: "abort", reason: "stopped" },
    { type: "finish", finishReason: "other", messageMetadata: { ...metadata, stopReason: "stopped" } },
  ]);
});

test("Without a grace period the turn stops when its client disconnects.", async () => {
  await restart("--detach-grace", "0");
  pausedReply();
  const disconnect = new AbortController();
  await firstText(await send([userMessage("hi")], disconnect.signal));
  disconnect.abort();
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
});

test("A client that reads too slowly gets an error, while others go on reading.", async () => {
  // Each delta is sent when the other client has read the previous one.
  const gates = Array.from({ length: 600 }, () => Promise.withResolvers<void>());
  const delta = { type: "text", text: "x".repeat(100_000) } as const;
  const end = { type: "end", stopReason: "end_turn", usage: USAGE } as const;
  await specchat.stop();
  await start({ model: createScriptedModel([[...gates.flatMap(({ promise }) => [promise, delta]), end]]) });
  const body = JSON.stringify({ id: "chat-1", messages: [userMessage("hi")] });
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { hostname, port } = new URL(url);
  const slow = connect(Number(port), hostname);
  let received = "";
  slow.on("data", (data) => {
    received += data.toString("latin1");
    begin();
  });
  slow.write(
    `POST /bedrock-chat/ai HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await begun;
  slow.pause();
  const stream = await transport.reconnectToStream({ chatId: "chat-1" });
  let last: UIMessageChunk | undefined;
  let read = 0;
  gates[0]?.resolve();
  for await (const chunk of stream ?? []) {
    last = chunk;
    if (chunk.type !== "text-delta") continue;
    read += 1;
    gates[read]?.resolve();
  }
  expect([read, last]).toEqual([600, expect.objectContaining({ type: "finish", finishReason: "stop" })]);
  const { promise: isOver, resolve: close } = Promise.withResolvers<void>();
  slow.on("close", () => close());
  slow.resume();
  await isOver;
  expect(received).toContain("The answer went on without this client. Please resume.");
  expect(received.length).toBeLessThan(30_000_000);
});

test("--contracts can switch it off.", async () => {
  await restart("--contracts", "native");
  const response = await fetch(`${url}/bedrock-chat/ai`, { method: "POST", body: "{}" });
  expect(response.status).toBe(404);
  expect((await fetch(`${url}/bedrock-chat/ai/x/stream`)).status).toBe(404);
});
