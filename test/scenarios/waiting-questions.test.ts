/** Tests that every question that waits gets an answer or an error with a code when its conversation ends before. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  connect as connectMcp,
  createHttpTransport,
  REVISIONS,
  type Revision,
} from "../protocols/mcp/client.ts";
import { issueCookie } from "../support/browser-cookie.ts";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, USAGE } from "../support/scripted-model.ts";
import { SocketClient } from "../support/socket-client.ts";

const END = { type: "end", stopReason: "end_turn", usage: USAGE } as const;

let specchat: Specchat | undefined;

afterEach(() => specchat?.stop());

/** Starts with a model that never ends its reply. */
async function start(
  model = createScriptedModel(() => [new Promise(() => {})]),
  ...argv: string[]
): Promise<string> {
  specchat = await startSpecchat({ model, argv });
  return specchat.url;
}

const post = (url: string, path: string, body: object) =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const lastEvent = (text: string) => text.slice(text.lastIndexOf("event: ")).replaceAll("\r\n", "\n").trim();

test("Both requests of a session are answered when it is deleted.", async () => {
  const model = createScriptedModel(() => [new Promise(() => {})]);
  const url = await start(model);
  const { session_id } = (await (await post(url, "/api/v1/sessions", {})).json()) as { session_id: string };
  const first = post(url, "/api/v1/chat", { message: "one", session_id });
  while (model.requests.length === 0) await Bun.sleep(1);
  const second = post(url, "/api/v1/chat", { message: "two", session_id });
  await (await fetch(`${url}/api/v1/sessions/${session_id}`)).text();
  await fetch(`${url}/api/v1/sessions/${session_id}`, { method: "DELETE" });
  const answers = await Promise.all([first, second]);
  expect(answers.map(({ status }) => status)).toEqual([200, 499]);
});

test("A message that waits gets an error when the conversation is cleared, and when the server stops.", async () => {
  for (const end of ["clear", "stop"]) {
    const client = await NativeClient.connect(await start());
    client.send({ message: "one" });
    await client.waitFor("typing");
    client.send({ message: "two" });
    client.send({ type: "ping" });
    await client.waitFor("pong");
    if (end === "clear") client.send({ type: "clear" });
    else void specchat?.server.stop();
    expect(await client.waitFor("error")).toMatchObject({ code: end === "clear" ? "cancelled" : "stopping" });
    if (end === "stop") client.send({ type: "stop" });
    client.close();
    await specchat?.stop();
    specchat = undefined;
  }
});

test("A stream that waits for approval ends when its session is deleted.", async () => {
  specchat = await startSpecchat({
    model: createScriptedModel(() => replyWithCalls(["c", "list_products", {}])),
    argv: ["--approve", "all"],
  });
  const { url } = specchat;
  const response = await post(url, "/api/v1/chat/stream", { message: "go", session_id: "mine" });
  let text = "";
  let isDeleted = false;
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (isDeleted || !text.includes("approval_request")) continue;
    isDeleted = true;
    void fetch(`${url}/api/v1/sessions/mine`, { method: "DELETE" });
  }
  expect(lastEvent(text)).toBe('event: error\ndata: {"error":"Stopped."}');
});

test("A stream that waits for approval ends with an error at once when the server stops.", async () => {
  const model = createScriptedModel(() => replyWithCalls(["c", "list_products", {}]));
  specchat = await startSpecchat({ model, argv: ["--approve", "all", "--stop-grace", "1000"] });
  const { url, server } = specchat;
  const response = await post(url, "/api/v1/chat/stream", { message: "go", session_id: "mine" });
  let text = "";
  let stopped: Promise<void> | undefined;
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes("approval_request")) stopped ??= server.stop();
  }
  await stopped;
  expect(lastEvent(text)).toBe(
    'event: error\ndata: {"error":"The server is restarting. Please try again in a moment."}',
  );
  expect(specchat.log.filter((line) => line.includes("session failed"))).toEqual([]);
});

/** Sends a message of one session, and the path and body of each protocol whose clients name their session. */
const NAMED: readonly (readonly [string, string, (text: string) => object])[] = [
  ["langchain", "/api/v1/chat/stream", (message) => ({ message, session_id: "mine" })],
  ["langchain without a stream", "/api/v1/chat", (message) => ({ message, session_id: "mine" })],
  [
    "agent",
    "/api/agent/stream",
    (input_text) => ({ input_text, session_id: "mine", agent_id: "specchat", user_id: "u" }),
  ],
  [
    "ai-sdk",
    "/bedrock-chat/ai",
    (text) => ({ id: "mine", messages: [{ id: text, role: "user", parts: [{ type: "text", text }] }] }),
  ],
];

test.each(NAMED)(
  "%s: a message that waits for another one gets an error at once when the server stops.",
  async (_, path, bodyOf) => {
    const gate = Promise.withResolvers<void>();
    const model = createScriptedModel(() => [{ type: "text", text: "So far" }, gate.promise, END]);
    specchat = await startSpecchat({ model, argv: ["--stop-grace", "1000"] });
    const { url, server } = specchat;
    const headers = { "Content-Type": "application/json", Cookie: await issueCookie(url) };
    const send = (text: string) =>
      fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(bodyOf(text)) }).then(
        (response) => response.text(),
      );
    const first = send("one");
    while (model.requests.length === 0) await Bun.sleep(1);
    const second = send("two");
    // The second request is read before the third is answered.
    await (await fetch(`${url}/bedrock-chat/health`)).text();
    await Bun.sleep(20);
    const stopped = server.stop();
    expect(await second).toContain("The server is restarting. Please try again in a moment.");
    gate.resolve();
    expect(await first).toContain("So far");
    await stopped;
  },
);

const STOPPING = "The server is restarting. Please try again in a moment.";
const FAILED = "Failed to generate streaming response from Bedrock: ";

test("dashboard: messages that wait or arrive are answered under their ids before the socket closes, and the running one ends.", async () => {
  const { answers } = await stopWithMessages("/ws", (id, sessionId) => ({
    id,
    type: "chat.send_message",
    data: { message: id, sessionId, streaming: true },
  }));
  expect(answers).toEqual([
    { id: "two", type: "error", error: FAILED + STOPPING },
    { id: "three", type: "error", error: STOPPING },
    expect.objectContaining({ id: "one", type: "chat.message_complete" }),
  ]);
});

test("completions: messages that wait or arrive are answered in order before the socket closes, and the running one ends.", async () => {
  const { answers } = await stopWithMessages("/ws/chat/completions", (question) => ({
    question,
    session_id: "mine",
  }));
  const refused = { type: "error", message: STOPPING };
  expect(answers).toEqual([expect.objectContaining({ type: "end", full_text: "So far" }), refused, refused]);
});

/** Sends two messages, stops the server, and sends a third. Returns the last frames of their replies. */
async function stopWithMessages(path: string, frameOf: (text: string, session?: string) => object) {
  const gate = Promise.withResolvers<void>();
  const model = createScriptedModel(() => [{ type: "text", text: "So far" }, gate.promise, END]);
  specchat = await startSpecchat({ model, argv: ["--stop-grace", "1000"] });
  const { url, server } = specchat;
  const socket = await SocketClient.connect(url, path);
  let session: string | undefined;
  if (path === "/ws") {
    socket.send({ type: "chat.create_session" });
    session = (await socket.readUntil("chat.session_created")).at(-1).data.sessionId;
  }
  /** Sends a frame, and waits until it is read. */
  const send = async (text: string) => {
    socket.send(frameOf(text, session));
    await (await fetch(`${url}/bedrock-chat/health`)).text();
    await Bun.sleep(20);
  };
  await send("one");
  while (model.requests.length === 0) await Bun.sleep(1);
  await send("two");
  const stopped = server.stop();
  await send("three");
  gate.resolve();
  await stopped;
  expect(await socket.closed).toEqual({ code: 1001, reason: "the server is stopping" });
  const answers = socket.frames.filter(({ type }) => /complete|^end$|^error$/.test(type));
  return { answers };
}

test("ag-ui: a run that is longer than the grace of a stopping server ends as cancelled, with its text so far.", async () => {
  const model = createScriptedModel(() => [{ type: "text", text: "So far" }, new Promise(() => {})]);
  const url = await start(model, "--stop-grace", "0");
  const messages = [{ role: "user", id: "m", content: "go" }];
  const run = post(url, "/bedrock-chat/ag-ui", {
    threadId: "t",
    runId: "r",
    protocolVersion: "1.0",
    messages,
  });
  while (model.requests.length === 0) await Bun.sleep(1);
  await specchat?.server.stop();
  const events = (await (await run).text())
    .trim()
    .split("\n\n")
    .map((event) => JSON.parse(event.slice("data: ".length)));
  expect(events.map(({ type }) => type)).toContain("TEXT_MESSAGE_CONTENT");
  expect(events.at(-1)).toMatchObject({ type: "RUN_FINISHED", outcome: { type: "cancelled" } });
});

describe("mcp:", () => {
  /** An API whose answers never come. */
  let api: RecordingApi;
  let arrived: PromiseWithResolvers<void>;
  let asked: PromiseWithResolvers<void>;

  beforeEach(async () => {
    [arrived, asked] = [Promise.withResolvers(), Promise.withResolvers()];
    api = await startApi(async () => {
      arrived.resolve();
      return await new Promise<Response>(() => {});
    });
  });
  afterEach(() => api.stop());

  async function startMcp(...argv: string[]): Promise<string> {
    specchat = await startSpecchat({ argv: ["--spec", api.spec, "--base-url", api.url, ...argv] });
    return specchat.url;
  }

  /** Connects a client whose user never answers. */
  async function connect(url: string, revision: Revision) {
    const client = await connectMcp(createHttpTransport(url), { revision, onElicit: () => "cancel" });
    client.setRequestHandler("elicitation/create", async () => {
      asked.resolve();
      return await new Promise(() => {});
    });
    return client;
  }

  const createThing = { name: "createThing", arguments: { name: "a" } };
  const messageOf = (error: Error) => error.message;

  test.each(REVISIONS)(
    "a call that is longer than the grace of a stopping server fails with a result, in revision %s.",
    async (revision) => {
      const client = await connect(await startMcp("--stop-grace", "0"), revision);
      const call = client.callTool({ name: "listThings", arguments: {} });
      await arrived.promise;
      await specchat?.server.stop();
      expect(await call).toMatchObject({ content: [{ text: "The call was stopped." }], isError: true });
    },
  );

  test("a call whose question waits gets an error when the server stops, in a revision with sessions.", async () => {
    const client = await connect(await startMcp(), "2025-11-25");
    const call = client.callTool(createThing).catch(messageOf);
    await asked.promise;
    await specchat?.server.stop();
    expect(await call).toContain(STOPPING);
  });

  test("a call whose session makes room for another one gets an error.", async () => {
    const url = await startMcp("--max-sessions", "1");
    const client = await connect(url, "2025-11-25");
    const call = client.callTool(createThing).catch(messageOf);
    await asked.promise;
    const other = await connect(url, "2025-11-25");
    expect(await call).toContain("The session has ended. Send an initialize request again.");
    await other.close();
  });
});
