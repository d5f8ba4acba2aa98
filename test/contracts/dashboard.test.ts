/** The dashboard protocol: a real server and WebSocket, the Bedrock stand-in. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
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
import { type JsonFrame, SocketClient } from "../support/socket-client.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let client: SocketClient;

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi();
});

afterEach(async () => {
  client.close();
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

const CHAT = expect.stringMatching(/^chat_\d{13}_[0-9a-z]{9}$/);
const MESSAGE = expect.stringMatching(/^msg_\d{13}_[0-9a-z]{9}$/);
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const used = (inputTokens: number, outputTokens: number) => ({
  usage: { inputTokens, outputTokens, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 },
});

/** Connects and reads the first frame, which every client gets. */
async function connect(path = "/", headers: Record<string, string> = {}): Promise<SocketClient> {
  const connected = await SocketClient.connect(specchat.url, path, headers);
  expect(await connected.next()).toEqual({ type: "initial_data", data: { metrics: {}, activity: [] } });
  return connected;
}

async function start({ argv = [], ...options }: StartOptions = {}): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: createBedrockAt(bedrock.url),
    ...options,
  });
}

async function begin(options: StartOptions = {}): Promise<void> {
  await start(options);
  client = await connect();
}

let count = 0;

/** Sends a request and returns the frames under its id until the reply is complete. */
async function request(type: string, data?: object, from = client): Promise<JsonFrame[]> {
  count += 1;
  const id = `r${count}`;
  from.send({ id, type, ...(data && { data }) });
  const frames: JsonFrame[] = [];
  for (;;) {
    const frame = await from.next();
    if (frame.id === id) frames.push(frame);
    if (frame.id === id && frame.type !== "chat.message_stream") return frames;
  }
}

async function send(message: unknown, data: object = {}, from = client): Promise<JsonFrame> {
  return (await request("chat.send_message", { message, ...data }, from)).at(-1);
}

/** Returns the role and the text of each message in the n-th model request. */
function sent(index: number): string[] {
  const messages = (bedrock.requests[index]?.body.messages ?? []) as {
    role: string;
    content: { text?: string }[];
  }[];
  return messages.map(({ role, content }) => `${role}: ${content.map(({ text }) => text ?? "").join("")}`);
}

test("C1, C5 A message without streaming gets one frame under its id.", async () => {
  await begin();
  bedrock.script([{ text: ["Hel", "lo"], ...used(42, 156) }, { text: "Hi" }]);
  client.send({
    id: "test_1",
    type: "chat.send_message",
    data: { message: "Hello Claude", streaming: false },
  });
  expect(await client.next()).toEqual({
    id: "test_1",
    type: "chat.message_response",
    data: {
      sessionId: CHAT,
      message: {
        messageId: MESSAGE,
        content: "Hello",
        role: "assistant",
        timestamp: AT,
        context: { toolsUsed: [], mcpCalls: [] },
        usage: { inputTokens: 42, outputTokens: 156, totalTokens: 198 },
      },
    },
  });
  expect(await request("chat.send_message", { message: "hi" })).toMatchObject([
    { type: "chat.message_response" },
  ]);
});

test("C2 With streaming there is a frame for each text, then one that completes the reply.", async () => {
  await begin();
  bedrock.script([{ text: ["AWS ", "Step Functions"], ...used(28, 342) }]);
  client.send({ id: "s", type: "chat.send_message", data: { message: "?", streaming: true } });
  const frames = await client.readUntil("chat.message_complete");
  const sessionId = frames[0].data.sessionId;
  expect(sessionId).toEqual(CHAT);
  expect(frames).toEqual([
    { id: "s", type: "chat.message_stream", data: { sessionId, content: "AWS " } },
    { id: "s", type: "chat.message_stream", data: { sessionId, content: "Step Functions" } },
    {
      id: "s",
      type: "chat.message_complete",
      data: {
        sessionId,
        messageId: MESSAGE,
        usage: { inputTokens: 28, outputTokens: 342, totalTokens: 370 },
      },
    },
  ]);
  // No frame with that id follows.
  await request("ping");
  expect(client.frames.filter(({ id }) => id === "s")).toHaveLength(3);
});

test("C3 A session continues under its id.", async () => {
  await begin();
  bedrock.script([{ text: "One" }, { text: "Two" }]);
  const { sessionId } = (await send("first")).data;
  expect((await send("second", { sessionId })).data.sessionId).toBe(sessionId);
  expect(sent(1)).toEqual(["user: first", "assistant: One", "user: second"]);
});

test("C4 A sessionId of null counts as absent, and an envelope without data holds the fields itself.", async () => {
  await begin();
  bedrock.script([{ text: "One" }, { text: "Two" }]);
  const first = await send("first", { sessionId: null });
  client.send({ id: "flat", type: "chat.send_message", message: "second", streaming: true });
  const [token, end] = await client.readUntil("chat.message_complete");
  expect(token.data.content).toBe("Two");
  expect(end.data.sessionId).not.toBe(first.data.sessionId);
});

test("C6 An unknown session is an error, streaming or not.", async () => {
  await begin();
  for (const streaming of [true, false])
    for (const sessionId of ["chat_nope", "chat_1767225600000_abcdefghi", 5])
      expect(await send("hi", { sessionId, streaming })).toEqual({
        id: expect.any(String),
        type: "error",
        error: `Chat session not found: ${sessionId}`,
      });
  expect(bedrock.requests).toEqual([]);
});

test("C7 A session can be created with or without a title.", async () => {
  await begin();
  expect(await request("chat.create_session", {})).toMatchObject([
    {
      type: "chat.session_created",
      data: { sessionId: CHAT, title: "New Chat", backend: "bedrock", model: MODEL },
    },
  ]);
  const [{ data }] = await request("chat.create_session", { title: "T" });
  expect(Object.entries(data)).toEqual([
    ["sessionId", expect.anything()],
    ["title", "T"],
    ["backend", "bedrock"],
    ["model", MODEL],
  ]);
  bedrock.script([{ text: "Hello" }]);
  expect((await send("hi", { sessionId: data.sessionId })).data.sessionId).toBe(data.sessionId);
});

test("C8, C22 The history holds the messages with their usage and cost.", async () => {
  await begin();
  bedrock.script([
    { text: "One", ...used(50, 150) },
    { text: "Look: ", calls: [{ name: "getThing", input: { id: "7" } }], ...used(1, 2) },
    { text: "Two", ...used(3, 4) },
  ]);
  const first = await send("first");
  const { sessionId } = first.data;
  const second = await send("second", { sessionId, streaming: true });
  const [{ type, data }] = await request("chat.get_history", { sessionId });
  expect(type).toBe("chat.history_response");
  const common = { sessionId, timestamp: AT };
  expect(data).toEqual({
    messages: [
      { id: MESSAGE, ...common, role: "user", content: "first" },
      {
        id: first.data.message.messageId,
        ...common,
        role: "assistant",
        content: "One",
        metadata: { usage: { inputTokens: 50, outputTokens: 150, totalTokens: 200 }, costUsd: 0.0024 },
      },
      { id: MESSAGE, ...common, role: "user", content: "second" },
      {
        id: second.data.messageId,
        ...common,
        role: "assistant",
        content: "Look: \n\nTwo",
        metadata: {
          usage: { inputTokens: 4, outputTokens: 6, totalTokens: 10 },
          costUsd: expect.any(Number),
        },
      },
    ],
    session: { sessionId, title: "New Chat", backend: "bedrock", model: MODEL },
  });
  expect(new Set(data.messages.map(({ id }: { id: string }) => id)).size).toBe(4);
  expect((await request("chat.get_history", { sessionId: "chat_nope" }))[0].data).toEqual({
    messages: [],
    session: null,
  });
});

test("C1 The reply lists the calls of the turn and whether each succeeded.", async () => {
  await begin();
  bedrock.script([
    {
      calls: [
        { name: "getThing", input: { id: "7" } },
        { name: "getThing", input: { id: "404" } },
      ],
    },
    { text: "One of them." },
  ]);
  expect((await send("?")).data.message.context).toEqual({
    toolsUsed: ["getThing"],
    mcpCalls: [
      { tool: "getThing", arguments: { id: "7" }, success: true },
      { tool: "getThing", arguments: { id: "404" }, success: false },
    ],
  });
});

test("C9 Sessions are listed newest first, with their messages, under the id of the request.", async () => {
  await begin();
  bedrock.script([{ text: "One" }, { text: "Two" }]);
  const first = await send("first");
  const second = await send("second");
  client.send({ id: "l1", type: "chat.list_sessions" });
  const listed = await client.next();
  expect(listed).toMatchObject({ id: "l1", type: "chat.sessions_listed" });
  expect(
    listed.data.sessions.map(({ sessionId, messages }: JsonFrame) => [
      sessionId,
      messages.map(({ role, content }: JsonFrame) => `${role}: ${content}`),
    ]),
  ).toEqual([
    [second.data.sessionId, ["user: second", "assistant: Two"]],
    [first.data.sessionId, ["user: first", "assistant: One"]],
  ]);
  expect(JSON.stringify(listed)).not.toContain("systemPrompt");
});

test("C10 An error of Bedrock is passed on with its message, and the next message works.", async () => {
  await begin();
  const invalid = {
    error: {
      status: 400,
      type: "ValidationException",
      message: "The provided model identifier is invalid.",
    },
  };
  bedrock.script([invalid, invalid, { text: "Hello" }]);
  expect(await send("hi")).toEqual({
    id: expect.any(String),
    type: "error",
    error: "Failed to generate response from Bedrock: The provided model identifier is invalid.",
  });
  expect((await send("hi", { streaming: true })).error).toBe(
    "Failed to generate streaming response from Bedrock: The provided model identifier is invalid.",
  );
  expect((await send("hi")).data.message.content).toBe("Hello");
});

test("C11 A frame that is not a message gets an error without id, and the socket stays open.", async () => {
  await begin();
  for (const frame of ["{bad", "null", new Uint8Array([1])]) {
    client.send(frame);
    expect(await client.next()).toEqual({ type: "error", error: "Invalid message format" });
  }
  expect(await request("ping")).toHaveLength(1);
});

test("C12 An unknown type gets an error with a code and without a type.", async () => {
  await begin();
  client.send({ id: "x", type: "chat.join" });
  expect(await client.next()).toEqual({
    id: "x",
    error: { code: -32601, message: "Unknown message type: chat.join" },
  });
  for (const frame of ["[1]", '"s"', "{}"]) {
    client.send(frame);
    expect(await client.next()).toEqual({
      error: { code: -32601, message: "Unknown message type: undefined" },
    });
  }
});

test("C13 Two concurrent messages get concurrent replies, each under its own id.", async () => {
  await begin();
  const both = Promise.withResolvers<void>();
  bedrock.script((request) => {
    const name = JSON.stringify(request.body.messages).includes("first") ? "a" : "b";
    return {
      text: [`${name}1 `, `${name}2 `, `${name}3`],
      beforeEvent: (index) => (index === 2 ? both.promise : undefined),
    };
  });
  client.send({ id: "a", type: "chat.send_message", data: { message: "first", streaming: true } });
  client.send({ id: "b", type: "chat.send_message", data: { message: "second", streaming: true } });
  // Both have started before either ends.
  await client.waitUntil(() => new Set(client.frames.map(({ id }) => id)).size === 3);
  both.resolve();
  const ends = () => client.frames.filter(({ type }) => type === "chat.message_complete");
  await client.waitUntil(() => ends().length === 2);
  const text = (id: string) =>
    client.frames.flatMap((frame) => (frame.id === id ? (frame.data.content ?? []) : [])).join("");
  expect([text("a"), text("b")]).toEqual(["a1 a2 a3", "b1 b2 b3"]);
});

test("C13 Two messages of one session get their replies in order.", async () => {
  await begin();
  bedrock.script([{ text: "One" }, { text: "Two" }, { text: "Three" }]);
  const { sessionId } = (await send("first")).data;
  for (const message of ["second", "third"])
    client.send({ id: message, type: "chat.send_message", data: { message, sessionId, streaming: true } });
  await client.waitUntil(
    () => client.frames.filter(({ type }) => type === "chat.message_complete").length === 2,
  );
  expect(client.frames.slice(2).map(({ id, type }) => `${id} ${type}`)).toEqual([
    "second chat.message_stream",
    "second chat.message_complete",
    "third chat.message_stream",
    "third chat.message_complete",
  ]);
  expect(sent(2)).toEqual(["user: first", "assistant: One", "user: second", "assistant: Two", "user: third"]);
});

test("C14 A request without id gets a reply without id.", async () => {
  await begin();
  bedrock.script([{ text: "Hello" }]);
  client.send({ type: "chat.send_message", data: { message: "hi" } });
  const reply = await client.next();
  expect([Object.keys(reply), reply.type]).toEqual([["type", "data"], "chat.message_response"]);
});

test("C15 An empty message is an error, and the model is not called.", async () => {
  await begin();
  for (const message of ["", "  ", undefined, 5])
    expect(await send(message)).toEqual({
      id: expect.any(String),
      type: "error",
      error: "Message is required",
    });
  expect(bedrock.requests).toEqual([]);
});

test("A tool that a client calls itself is counted and logged like any other.", async () => {
  await begin({ argv: ["--log-api-calls", "--log-level", "info"] });
  client.send({ id: "c", type: "mcp_call", tool: "getThing", arguments: { id: "7" } });
  expect((await client.next()).result.success).toBe(true);
  expect(specchat.log.filter((line) => line.includes("api call") && line.includes("getThing"))).toHaveLength(
    1,
  );
  const metrics = await (await fetch(`${specchat.url}/metrics`)).text();
  expect(metrics).toMatch(/^bedrock_tool_calls_total\{.*\} 1$/m);
});

test("C16 ping and the other requests that a dashboard sends on opening are answered.", async () => {
  await begin();
  client.send({ id: "p", type: "ping" });
  expect(await client.next()).toEqual({ id: "p", type: "pong", timestamp: AT });
  client.send({ type: "ping" });
  expect(await client.next()).toEqual({ type: "pong", timestamp: AT });
  client.send({ type: "subscribe_events", eventTypes: ["order.*"], filters: { a: 1 } });
  expect(await client.next()).toEqual({
    type: "subscription_confirmed",
    clientId: expect.any(String),
    eventTypes: ["order.*"],
    filters: { a: 1 },
  });
  client.send({ type: "initial_data", data: {} });
  expect(await client.next()).toMatchObject({ error: { code: -32601 } });
  expect(await request("health_check")).toEqual([
    {
      id: expect.any(String),
      result: { status: "healthy", timestamp: AT, version: expect.any(String), service: "specchat" },
    },
  ]);
  expect((await request("server_info"))[0].result).toMatchObject({
    name: "specchat",
    requests: expect.arrayContaining(["chat.send_message"]),
  });
});

test("Events reach only the subscribed sockets of the same user.", async () => {
  await start();
  client = await connect("/?userId=alice");
  const [other, second, stranger] = await Promise.all([
    connect("/?userId=alice"),
    connect("/?userId=alice"),
    connect("/?userId=bob"),
  ]);
  await request("subscribe_events", { eventTypes: ["made"] }, other);
  await request("subscribe_events", { eventTypes: ["gone"] }, second);
  await request("subscribe_events", {}, stranger);
  const event = { detailType: "made", source: "test", detail: { a: 1 } };
  expect(await request("publish_event", { event })).toEqual([
    {
      id: expect.any(String),
      type: "event_published",
      eventId: expect.any(String),
      success: true,
      timestamp: AT,
    },
  ]);
  expect(await other.next()).toEqual({ type: "event_stream", event });
  await request("ping", undefined, second);
  await request("ping", undefined, stranger);
  expect([second.frames, stranger.frames].flat().filter(({ type }) => type === "event_stream")).toEqual([]);
  expect((await request("publish_event", {}))[0]).toMatchObject({
    type: "error",
    error: "Event is required",
  });
  for (const one of [other, second, stranger]) one.close();
});

test("Tools are listed and called, except those that need approval.", async () => {
  await begin();
  const [{ result }] = await request("list_tools");
  expect(result.tools.map(({ name }: { name: string }) => name)).toContain("getThing");
  const call = async (tool: string, values: object) => {
    client.send({ id: "c", type: "mcp_call", tool, arguments: values });
    return (await client.next()).result;
  };
  expect(await call("getThing", { id: "7" })).toEqual({
    success: true,
    tool: "getThing",
    result: '{"id":7,"name":"thing 7"}',
  });
  expect(await call("getThing", {})).toMatchObject({ success: false, tool: "getThing", arguments: {} });
  expect(await call("createThing", { name: "x" })).toMatchObject({
    success: false,
    error: expect.stringContaining("approval"),
  });
  expect(await call("ga-top-pages", { a: 1 })).toEqual({
    success: false,
    error: expect.stringMatching(/^Tool ga-top-pages not available via dashboard-server WebSocket\. /),
    tool: "ga-top-pages",
    arguments: { a: 1 },
  });
  expect(api.requests).toEqual(["GET /things/7"]);
});

test("C17 A closed socket closes the connection to the model; its session stays.", async () => {
  await begin();
  bedrock.script([
    { text: ["Once", " upon"], beforeEvent: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
    { text: "Again" },
  ]);
  client.send({ id: "s", type: "chat.send_message", data: { message: "a story", streaming: true } });
  const [{ data }] = await client.readUntil("chat.message_stream");
  client.close();
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  client = await connect();
  const { sessionId } = data;
  await send("go on", { sessionId });
  const [{ data: history }] = await request("chat.get_history", { sessionId });
  expect(history.messages.map(({ role, content }: JsonFrame) => `${role}: ${content}`)).toEqual([
    "user: a story",
    "assistant: Once",
    "user: go on",
    "assistant: Again",
  ]);
});

test("C18 A user cannot continue, read or list the sessions of another user.", async () => {
  await start();
  client = await connect("/?userId=alice");
  bedrock.script([{ text: "Secret" }]);
  const { sessionId } = (await send("mine")).data;
  for (const path of ["/?userId=bob", "/"]) {
    const other = await connect(path);
    for (const streaming of [true, false])
      expect((await send("hi", { sessionId, streaming }, other)).error).toBe(
        `Chat session not found: ${sessionId}`,
      );
    expect((await request("chat.get_history", { sessionId }, other))[0].data).toEqual({
      messages: [],
      session: null,
    });
    expect((await request("chat.list_sessions", {}, other))[0].data.sessions).toEqual([]);
    other.close();
  }
  const again = await connect("/?userId=alice");
  expect((await request("chat.list_sessions", {}, again))[0].data.sessions).toHaveLength(1);
  again.close();
});

describe("C19 With a secret,", () => {
  const secret = "a secret of thirty-two characters";
  const sign = (claims: object, key = secret, expires = "1h", alg = "HS256") =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg })
      .setExpirationTime(expires)
      .sign(new TextEncoder().encode(key));
  const guarded = () => start({ environment: { JWT_SECRET: secret } });

  test("a client without a valid token gets an error and is closed with 1008.", async () => {
    await guarded();
    const bad = [
      "/ws",
      "/?token=nonsense",
      `/?token=${await sign({ sub: "alice" }, "another secret of thirty-two chars")}`,
      `/?token=${await sign({ sub: "alice" }, secret, "-1h")}`,
      `/?token=${await sign({ email: "alice@example.test" })}`,
      `/?token=${await sign({ sub: "alice" }, secret, "1h", "HS512")}`,
      `/?token=${await new SignJWT({ sub: "alice" }).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret))}`,
    ];
    for (const path of bad) {
      client = await SocketClient.connect(specchat.url, path);
      expect(await client.next()).toEqual({
        type: "auth_error",
        error: {
          message: "A valid token is needed",
          code: "AUTH_FAILED",
          category: "authentication",
          shouldRetry: false,
        },
      });
      expect((await client.closed).code).toBe(1008);
    }
    const posted = await fetch(`${specchat.url}/api/chat/message`, {
      method: "POST",
      body: '{"message":"hi"}',
    });
    expect([posted.status, await posted.json()]).toEqual([401, { error: "A valid token is needed" }]);
  });

  test("a valid token works in the URL or in a header, and its subject owns the sessions.", async () => {
    await guarded();
    bedrock.script([{ text: "Hello" }]);
    const Authorization = `Bearer ${await sign({ sub: "alice" })}`;
    client = await connect(`/ws?token=${await sign({ sub: "alice" })}`);
    const { sessionId } = (await send("hi")).data;
    const same = await connect("/?userId=", { Authorization });
    expect((await request("chat.list_sessions", {}, same))[0].data.sessions).toMatchObject([{ sessionId }]);
    const other = await connect(`/?token=${await sign({ userId: "bob" })}`);
    expect((await request("chat.list_sessions", {}, other))[0].data.sessions).toEqual([]);
    expect((await request("chat.get_history", { sessionId }, other))[0].data.session).toBeNull();
    same.close();
    other.close();
  });

  test("the server warns at start that the other protocols require no token.", async () => {
    await guarded();
    client = await SocketClient.connect(specchat.url, "/ws");
    expect(specchat.app.warnings).toContainEqual(expect.stringContaining("--contracts dashboard"));
  });
});

test("C19 Without a secret, the URLs /, /?userId=x and /ws all work.", async () => {
  await start();
  for (const path of ["/", "/?userId=x", "/ws", "/ws?userId=x"]) {
    client = await connect(path);
    expect((await request("ping"))[0].type).toBe("pong");
    client.close();
  }
});

test("C20 A session continues after a restart, streaming or not.", async () => {
  const folder = await mkdtemp(join(tmpdir(), "specchat-restart-"));
  const options = { argv: ["--data-dir", folder] };
  await begin(options);
  bedrock.script([{ text: "One" }, { text: "Two" }, { text: "Three" }]);
  const { sessionId } = (await send("first")).data;
  client.close();
  await specchat.stop();
  await begin(options);
  expect((await send("second", { sessionId, streaming: true })).data.sessionId).toBe(sessionId);
  expect((await send("third", { sessionId })).data.message.content).toBe("Three");
  expect(sent(2)).toHaveLength(5);
  client.close();
  await specchat.stop();
  await rm(folder, { recursive: true });
  await begin();
});

test("C21 A broken reply is its text so far and an error, and the next turn succeeds.", async () => {
  await begin();
  bedrock.script([{ text: ["So", " far"], fault: { after: 2, kind: "reset" } }, { text: "Whole" }]);
  const frames = await request("chat.send_message", { message: "hi", streaming: true });
  expect(frames.map(({ type }) => type)).toEqual(["chat.message_stream", "error"]);
  expect(frames[1].error).toStartWith("Failed to generate streaming response from Bedrock: ");
  const { sessionId } = frames[0].data;
  expect((await send("again", { sessionId })).data.message.content).toBe("Whole");
});

test("C23 A message over HTTP gets its reply as the response, and /health is unchanged.", async () => {
  await begin();
  bedrock.script([
    { text: "Hello" },
    { text: "Again" },
    { error: { status: 400, type: "ValidationException", message: "No." } },
  ]);
  const post = async (body: unknown) => {
    const response = await fetch(`${specchat.url}/api/chat/message`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };
  expect(await post({})).toEqual([400, { error: "Message is required" }]);
  const replies = await post({ message: "hi" });
  expect(replies).toEqual([200, { sessionId: CHAT, message: "Hello", timestamp: AT }]);
  const { sessionId } = replies[1];
  expect(await post({ message: "more", sessionId })).toMatchObject([200, { sessionId, message: "Again" }]);
  expect(sent(1)).toHaveLength(3);
  expect(await post({ message: "no" })).toEqual([
    500,
    { error: "Failed to process message", message: "Failed to generate response from Bedrock: No." },
  ]);
  const health = await fetch(`${specchat.url}/health`);
  expect([health.status, await health.json()]).toMatchObject([
    200,
    { status: "healthy", service: expect.any(String), version: expect.any(String), timestamp: AT },
  ]);
});

test("DASHBOARD_PORT is a port for this protocol only.", async () => {
  await start({ environment: { DASHBOARD_PORT: "0" } });
  const { dashboardUrl = "", url } = specchat.server;
  expect(dashboardUrl).not.toBe(url);
  client = await SocketClient.connect(dashboardUrl, "/?userId=x");
  expect((await client.next()).type).toBe("initial_data");
  bedrock.script([{ text: "Hello" }]);
  expect((await send("hi")).data.message.content).toBe("Hello");
  expect((await fetch(`${dashboardUrl}/health`)).status).toBe(200);
  for (const path of ["/bedrock-chat/ui", "/api/v1/status", "/v1/models", "/metrics"])
    expect((await fetch(`${dashboardUrl}${path}`)).status).toBe(404);
});

test("Messages beyond the limit of concurrent ones are rejected.", async () => {
  await begin();
  const gate = Promise.withResolvers<void>();
  bedrock.script(() => ({ text: "Hello", beforeEvent: () => gate.promise }));
  for (let index = 0; index < 51; index++)
    client.send({ id: `m${index}`, type: "chat.send_message", data: { message: "hi" } });
  expect(await client.next()).toEqual({
    id: "m50",
    type: "error",
    error: "50 messages are being answered already.",
  });
  gate.resolve();
  await client.waitUntil(
    () => client.frames.filter(({ type }) => type === "chat.message_response").length === 50,
  );
});

test("--contracts can switch it off.", async () => {
  await start({ argv: ["--contracts", "native"], environment: { DASHBOARD_PORT: "0" } });
  expect((await fetch(`${specchat.url}/ws`)).status).toBe(404);
  expect(SocketClient.connect(specchat.url, "/")).rejects.toThrow();
  expect(specchat.server.dashboardUrl).toBeUndefined();
});
