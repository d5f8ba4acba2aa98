/** A write is not made twice: failures after it, repeated requests and repeated messages. Real server, recorded API. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
} from "../support/scripted-model.ts";
import { SocketClient } from "../support/socket-client.ts";

let api: RecordingApi;
let specchat: Specchat;
let folder: string;

beforeEach(async () => {
  api = await startApi();
  folder = await mkdtemp(join(tmpdir(), "specchat-"));
});

afterEach(async () => {
  await specchat.stop();
  await api.stop();
  await rm(folder, { recursive: true });
});

async function start(scripts: readonly Script[], ...argv: string[]) {
  const model = createScriptedModel(scripts);
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, "--approve", "none", ...argv],
    model,
  });
  return model;
}

const write = replyWithCalls(["c1", "createThing", { body: { name: "x" } }]);
const read = replyWithCalls(["c1", "getThing", { id: "7" }]);
const throttled = new AppError("throttled", "Busy.", { retryable: true, retryAfterMs: 1000 });
const failure: Script = [throttled];
const writes = () => api.requests.filter((request) => request.startsWith("POST"));

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${specchat.url}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers,
  });
  return {
    status: response.status,
    retry: response.headers.get("x-should-retry"),
    text: await response.text(),
  };
}

const completion = (stream = false) => ({
  model: MODEL,
  stream,
  messages: [{ role: "user", content: "create a thing" }],
});

const anthropicMessage = (stream = false) => ({ ...completion(stream), max_tokens: 100 });

const aiSdk = (id: string, text: string, trigger = "submit-message") => ({
  id: "chat-1",
  trigger,
  messages: [{ id, role: "user", parts: [{ type: "text", text }] }],
});

describe("A failure after a write", () => {
  const requests: Readonly<Record<string, readonly [string, object]>> = {
    openai: ["/v1/chat/completions", completion()],
    responses: ["/v1/responses", { model: MODEL, input: "create a thing" }],
    "responses stream": ["/v1/responses", { model: MODEL, input: "create a thing", stream: true }],
    anthropic: ["/v1/messages", anthropicMessage()],
    "anthropic stream": ["/v1/messages", anthropicMessage(true)],
    langchain: ["/api/v1/chat", { message: "create a thing" }],
    dashboard: ["/api/chat/message", { message: "create a thing" }],
    "openai stream": ["/v1/chat/completions", completion(true)],
    "langchain stream": ["/api/v1/chat/stream", { message: "create a thing" }],
    agent: ["/api/agent/stream", { input_text: "create a thing", agent_id: "specchat" }],
    "ai-sdk": ["/bedrock-chat/ai", aiSdk("m1", "create a thing")],
    "ag-ui": [
      "/bedrock-chat/ag-ui",
      { threadId: "t", runId: "r", messages: [{ id: "1", role: "user", content: "create a thing" }] },
    ],
  };
  test.each(Object.entries(requests))("is not retryable over %s.", async (name, [path, body]) => {
    await start([write, failure]);
    const { status, retry, text } = await post(path, body);
    expect(writes()).toHaveLength(1);
    expect(text).toContain("createThing was called and may have changed data");
    if (status === 200) return;
    expect({ name, status, retry }).toEqual({ name, status: 400, retry: "false" });
  });

  test("is not retryable on the native protocol, also with texts of the settings.", async () => {
    await start([write, failure], "--busy-text", "Later, please.");
    const client = await NativeClient.connect(specchat.url);
    const end = (await client.runTurn("create a thing")).at(-1);
    expect(end).toMatchObject({ type: "error", code: "throttled", retryable: false });
    expect(end).toMatchObject({
      message: expect.stringMatching(/^Later, please\. Before that, createThing was/),
    });
    client.close();
  });

  test("A failure after a read stays retryable.", async () => {
    await start([read, failure]);
    expect(await post("/v1/chat/completions", completion())).toMatchObject({ status: 503, retry: null });
  });

  test("A write that the API refused as a mistake leaves the failure retryable.", async () => {
    await api.stop();
    api = await startApi(() => Response.json({ message: "no" }, { status: 422 }));
    await start([write, failure]);
    expect(await post("/v1/chat/completions", completion())).toMatchObject({ status: 503, retry: null });
  });

  test("A failure that comes before any call stays retryable.", async () => {
    await start([failure]);
    expect(await post("/v1/chat/completions", completion())).toMatchObject({ status: 503, retry: null });
  });
});

describe("An Idempotency-Key", () => {
  const headers = { "Idempotency-Key": "k1" };

  test.each([false, true])(
    "is taken once: a second request gets the same reply (stream: %p).",
    async (stream) => {
      const model = await start([write, replyWithText("Created.")]);
      const [first, second] = await Promise.all([
        post("/v1/chat/completions", completion(stream), headers),
        post("/v1/chat/completions", completion(stream), headers),
      ]);
      const third = await post("/v1/chat/completions", completion(stream), headers);
      expect(first.text).toContain("Created.");
      expect([second, third]).toEqual([first, first]);
      expect(writes()).toHaveLength(1);
      expect(model.requests).toHaveLength(2);
    },
  );

  test("A client that has disconnected gets the reply when it asks again.", async () => {
    const gate = Promise.withResolvers<void>();
    await start([write, [gate.promise, ...replyWithText("Created.")]]);
    const abort = new AbortController();
    const request = { method: "POST", body: JSON.stringify(completion()), headers, signal: abort.signal };
    const lost = fetch(`${specchat.url}/v1/chat/completions`, request).catch(() => "lost");
    while (writes().length === 0) await Bun.sleep(5);
    abort.abort();
    expect(await lost).toBe("lost");
    const again = post("/v1/chat/completions", completion(), headers);
    gate.resolve();
    expect((await again).text).toContain("Created.");
    expect(writes()).toHaveLength(1);
  });

  test("A temporary failure before any write frees the key.", async () => {
    await start([failure, write, replyWithText("Created.")]);
    expect((await post("/v1/chat/completions", completion(), headers)).status).toBe(503);
    expect((await post("/v1/chat/completions", completion(), headers)).text).toContain("Created.");
  });

  test.each([
    ["/v1/chat/completions", completion(true)],
    ["/v1/responses", { model: MODEL, input: "create a thing", stream: true }],
    ["/v1/messages", anthropicMessage(true)],
    [
      "/bedrock-chat/ag-ui",
      { threadId: "t", runId: "r", messages: [{ id: "1", role: "user", content: "create a thing" }] },
    ],
  ])(
    "A temporary failure within the stream of %s frees the key, unless a write came first.",
    async (path, body) => {
      await start([failure, write, replyWithText("Created."), write, failure]);
      expect((await post(path, body, headers)).text).not.toContain("Created.");
      expect((await post(path, body, headers)).text).toContain("Created.");
      const other = { "Idempotency-Key": "k2" };
      const failed = await post(path, body, other);
      expect(failed.text).toContain("createThing was called");
      expect(await post(path, body, other)).toEqual(failed);
      expect(writes()).toHaveLength(2);
    },
  );

  test("is taken after a restart too, and the response is repeated.", async () => {
    await start([write, replyWithText("Created.")], "--data-dir", folder);
    const first = await post("/v1/chat/completions", completion(true), headers);
    await specchat.stop();
    await start([], "--data-dir", folder);
    expect(await post("/v1/chat/completions", completion(true), headers)).toEqual(first);
    expect((await post("/v1/chat/completions", completion(), headers)).status).toBe(422);
    expect(writes()).toHaveLength(1);
  });

  test("A response that ends while the server stops is repeated after the restart.", async () => {
    const gate = Promise.withResolvers<void>();
    await start([write, [gate.promise, ...replyWithText("Created.")]], "--data-dir", folder);
    const first = post("/v1/chat/completions", completion(true), headers);
    while (writes().length === 0) await Bun.sleep(5);
    const stopped = specchat.stop();
    gate.resolve();
    const { text } = await first;
    await stopped;
    await start([], "--data-dir", folder);
    expect((await post("/v1/chat/completions", completion(true), headers)).text).toBe(text);
    expect(text).toContain("Created.");
  });

  test("A failure after a write keeps the key.", async () => {
    await start([write, failure]);
    const first = await post("/v1/chat/completions", completion(), headers);
    expect(await post("/v1/chat/completions", completion(), headers)).toEqual(first);
    expect(writes()).toHaveLength(1);
  });

  test("Another body with the same key is refused.", async () => {
    await start([replyWithText("Hi.")]);
    await post("/v1/chat/completions", completion(), headers);
    expect((await post("/v1/chat/completions", completion(true), headers)).status).toBe(422);
  });

  test.each([
    ["/api/v1/chat", { message: "create a thing", session_id: "s" }],
    ["/api/v1/chat/stream", { message: "create a thing", session_id: "s" }],
    ["/api/agent/stream", { input_text: "create a thing", agent_id: "specchat" }],
    [
      "/bedrock-chat/ag-ui",
      { threadId: "t", runId: "r", messages: [{ id: "1", role: "user", content: "create a thing" }] },
    ],
  ])("is taken once at %s.", async (path, body) => {
    await start([write, replyWithText("Created.")]);
    const first = await post(path, body, headers);
    const second = await post(path, body, headers);
    expect(second.text).toBe(first.text);
    expect(writes()).toHaveLength(1);
  });
});

test.each([
  ["/ws/chat/completions", { question: "create a thing", session_id: "s" }],
  ["/ws", { id: "1", type: "chat.send_message", data: { message: "create a thing" } }],
])("A failure after a write names the call over the WebSocket %s.", async (path, frame) => {
  await start([write, failure]);
  const client = await SocketClient.connect(specchat.url, path);
  client.send(frame);
  const isNamed = () => JSON.stringify(client.frames).includes("createThing was called and may have changed");
  await client.waitUntil(isNamed);
  client.close();
  expect(writes()).toHaveLength(1);
});

test("A browser's cookie is not in the stored response.", async () => {
  await start([replyWithText("Hi.")]);
  const response = await fetch(`${specchat.url}/api/v1/chat`, {
    method: "POST",
    body: JSON.stringify({ message: "hi" }),
    headers: { "Idempotency-Key": "k1", Origin: specchat.url, "Sec-Fetch-Site": "same-origin" },
  });
  expect(response.headers.get("set-cookie")).toContain("specchat_caller");
  await response.text();
  const stored = await Array.fromAsync(specchat.app.store.ids(), (id) => specchat.app.store.read(id));
  expect(JSON.stringify(stored)).toContain("Hi.");
  expect(JSON.stringify(stored)).not.toContain("specchat_caller");
});

describe("A message id of the AI SDK", () => {
  test("is taken once: a second request joins the running and the finished turn.", async () => {
    const gate = Promise.withResolvers<void>();
    await start([write, [gate.promise, ...replyWithText("Created.")]]);
    const first = post("/bedrock-chat/ai", aiSdk("m1", "create a thing"));
    while (writes().length === 0) await Bun.sleep(5);
    const second = post("/bedrock-chat/ai", aiSdk("m1", "create a thing"));
    await Bun.sleep(20);
    gate.resolve();
    const texts = [(await first).text, (await second).text];
    texts.push((await post("/bedrock-chat/ai", aiSdk("m1", "create a thing"))).text);
    expect(texts[0]).toContain("Created.");
    expect(texts).toEqual([texts[0], texts[0], texts[0]] as string[]);
    expect(writes()).toHaveLength(1);
  });

  test.each([
    ["another text", aiSdk("m1", "another thing")],
    ["another id", aiSdk("m2", "create a thing")],
    ["regeneration", aiSdk("m1", "create a thing", "regenerate-message")],
  ])("runs another turn for %s.", async (_what, body) => {
    await start([replyWithText("One."), replyWithText("Two.")]);
    await post("/bedrock-chat/ai", aiSdk("m1", "create a thing"));
    expect((await post("/bedrock-chat/ai", body)).text).toContain("Two.");
  });

  test("is taken after a restart too: a second request is refused.", async () => {
    await start([write, replyWithText("Created.")], "--data-dir", folder);
    await post("/bedrock-chat/ai", aiSdk("m1", "create a thing"));
    await specchat.stop();
    await start([], "--data-dir", folder);
    const second = await post("/bedrock-chat/ai", aiSdk("m1", "create a thing"));
    expect(second).toMatchObject({
      status: 409,
      text: expect.stringContaining("This message was answered before"),
    });
    expect(writes()).toHaveLength(1);
  });

  test("is taken once for a regeneration that is repeated.", async () => {
    await start([replyWithText("One."), replyWithText("Two."), replyWithText("Three.")]);
    await post("/bedrock-chat/ai", aiSdk("m1", "create a thing"));
    const again = { ...aiSdk("m1", "create a thing", "regenerate-message"), messageId: "reply-1" };
    const first = await post("/bedrock-chat/ai", again);
    expect(first.text).toContain("Two.");
    expect(await post("/bedrock-chat/ai", again)).toEqual(first);
  });

  test("is free again after a temporary failure.", async () => {
    await start([failure, replyWithText("Two.")]);
    await post("/bedrock-chat/ai", aiSdk("m1", "create a thing"));
    expect((await post("/bedrock-chat/ai", aiSdk("m1", "create a thing"))).text).toContain("Two.");
  });
});

describe("The id of a native message", () => {
  const message = { type: "message", message: "create a thing", id: "m1" };

  test("is taken once: a second frame gets the end of the finished turn.", async () => {
    await start([write, replyWithText("Created."), replyWithText("Other.")]);
    const client = await NativeClient.connect(specchat.url);
    client.send(message);
    const first = await client.waitFor("ai_response");
    client.send(message);
    expect(await client.waitFor("ai_response")).toEqual(first);
    client.send({ ...message, id: "m2" });
    expect((await client.waitFor("ai_response")).message).toBe("Other.");
    expect(writes()).toHaveLength(1);
    client.close();
  });

  test("is free again once the conversation is cleared.", async () => {
    await start([replyWithText("One."), replyWithText("Two.")]);
    const client = await NativeClient.connect(specchat.url);
    client.send(message);
    expect((await client.waitFor("ai_response")).message).toBe("One.");
    client.send({ type: "clear" });
    await client.waitFor("history_cleared");
    client.send(message);
    expect((await client.waitFor("ai_response")).message).toBe("Two.");
    client.close();
  });

  test("joins the running turn, also after a reconnect.", async () => {
    const gate = Promise.withResolvers<void>();
    await start([write, [gate.promise, ...replyWithText("Created.")]]);
    const client = await NativeClient.connect(specchat.url);
    const { session_id } = await client.waitFor("connection_established");
    client.send(message);
    const { seq } = await client.waitFor("tool_result");
    client.close();
    const again = await NativeClient.connect(specchat.url);
    again.send({ type: "resume", session_id, last_seq: seq });
    again.send(message);
    await Bun.sleep(20);
    gate.resolve();
    expect((await again.waitFor("ai_response")).message).toBe("Created.");
    expect(writes()).toHaveLength(1);
    again.close();
  });
});
