/** Limits of what one request may bring, so that it takes neither the memory nor the time of all others. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, USAGE } from "../support/scripted-model.ts";
import { SocketClient } from "../support/socket-client.ts";

let specchat: Specchat;
let api: RecordingApi;

beforeAll(async () => {
  api = await startApi();
  const end = { type: "end", stopReason: "end_turn", usage: USAGE } as const;
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
    model: createScriptedModel(() => [{ type: "text", text: "Well." }, end]),
  });
});

afterAll(async () => {
  await specchat.stop();
  await api.stop();
});

const JSON_TYPE = { "Content-Type": "application/json" };

async function post(path: string, body: unknown, headers: Record<string, string> = JSON_TYPE) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${specchat.url}${path}`, { method: "POST", body: text, headers });
  return { status: response.status, text: await response.text() };
}

const list = <Entry>(count: number, make: (index: number) => Entry): Entry[] =>
  Array.from({ length: count }, (_, index) => make(index));
const keys = (count: number) => Object.fromEntries(list(count, (index) => [`k${index}`, 1]));
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const user = (content: unknown) => ({ role: "user", content });
const toolCall = (index: number) => ({
  id: `call_${index}`,
  function: { name: "list_things", arguments: "{}" },
});
const completion = (messages: unknown, more: object = {}) => ({ model: MODEL, messages, ...more });
const run = (fields: object) => ({ threadId: "t", runId: "r", messages: [user("hi")], ...fields });
const PIXEL = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
const COMPLETIONS = "/v1/chat/completions";
const MESSAGES = "/v1/messages";
const anthropic = (messages: unknown, more: object = {}) => ({
  model: MODEL,
  max_tokens: 9,
  messages,
  ...more,
});
const SOURCE = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" },
};
const toolUse = (index: number) => ({ type: "tool_use", id: `t${index}`, name: "list_things", input: {} });

describe("A request beyond a limit gets a short 4xx that names the field:", () => {
  test.each([
    [COMPLETIONS, "messages", completion(list(12_000, () => ({ role: "assistant", content: "a" })))],
    [COMPLETIONS, "messages", completion([user(list(200_000, () => ({})))])],
    [COMPLETIONS, "messages", completion(list(600, () => user([PIXEL])))],
    [COMPLETIONS, "tools", completion([user("hi")], { tools: list(1000, () => ({})) })],
    [
      COMPLETIONS,
      "tool_calls",
      completion([user("hi"), { role: "assistant", tool_calls: list(7000, toolCall) }]),
    ],
    [
      COMPLETIONS,
      "tool calls",
      completion(list(3, () => ({ role: "assistant", tool_calls: list(400, toolCall) }))),
    ],
    [COMPLETIONS, "messages", `{"model":"${MODEL}","messages":${nested(50_000)}}`],
    [COMPLETIONS, "bytes", completion([user("a".repeat(21_000_000))])],
    ["/v1/responses", "input", { model: MODEL, input: list(12_000, () => user("a")) }],
    [
      "/v1/responses",
      "responses",
      { model: MODEL, input: list(600, (id) => ({ type: "item_reference", id: `msg_${id}` })) },
    ],
    [MESSAGES, "messages", anthropic(list(12_000, () => user("a")))],
    [MESSAGES, "messages", anthropic([user(list(600, () => ({ type: "text", text: "a" })))])],
    [MESSAGES, "messages", anthropic([user(list(200_000, () => ({})))])],
    [MESSAGES, "files", anthropic(list(2, () => user(list(400, () => SOURCE))))],
    [MESSAGES, "tools", anthropic([user("hi")], { tools: list(1000, () => ({})) })],
    [MESSAGES, "tool calls", anthropic(list(3, () => ({ role: "assistant", content: list(400, toolUse) })))],
    [MESSAGES, "messages", `{"model":"${MODEL}","max_tokens":9,"messages":${nested(50_000)}}`],
    [MESSAGES, "bytes", anthropic([user("a".repeat(21_000_000))])],
    [`${MESSAGES}/count_tokens`, "messages", anthropic(list(12_000, () => user("a")))],
    ["/bedrock-chat/ag-ui", "threadId", run({ threadId: "t".repeat(200_000) })],
    ["/bedrock-chat/ag-ui", "resume", run({ resume: list(20_000, () => ({})) })],
    [
      "/bedrock-chat/ai",
      "messages",
      { id: "c", messages: list(3000, () => ({ id: "1", role: "user", parts: [] })) },
    ],
    [
      "/bedrock-chat/ai",
      "parts",
      { id: "c", messages: [{ id: "1", role: "user", parts: list(600, () => ({})) }] },
    ],
    ["/api/v1/chat", "message", { message: keys(200_000) }],
    ["/api/v1/chat", "message", { message: keys(45_000) }],
    ["/api/v1/chat", "images", { message: "hi", images: list(45_000, () => 1) }],
    ["/api/v1/chat", "message", `{"message":${nested(50_000)}}`],
    ["/api/v1/chat", "message: a number of more than 1000 digits", `{"message":${"1".repeat(1001)}}`],
    ["/api/v1/chat", "session_id", { message: "hi", session_id: { toString: 1 } }],
    ["/api/v1/chat", "session_id", { message: "hi", session_id: "s".repeat(1_000_000) }],
    ["/api/v1/sessions", "bytes", { metadata: { a: "a".repeat(5_000_000) } }],
    ["/api/v1/sessions", "metadata", { metadata: { a: "a".repeat(20_000) } }],
    [
      "/api/agent/stream",
      "session_id",
      { input_text: "hi", agent_id: "specchat", session_id: { toString: 1 } },
    ],
    ["/api/agent/stream", "agent_alias_id", { input_text: "hi", agent_id: "specchat", agent_alias_id: [] }],
    ["/api/agent/stream", "input_text", `{"agent_id":"specchat","input_text":${nested(200)}}`],
    ["/api/chat/message", "sessionId", { message: "hi", sessionId: { toString: 1 } }],
    ["/api/chat/message", "message", `{"message":${nested(200)}}`],
    ["/mcp", "params", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${nested(200)}}`],
    ["/mcp", "batch", list(200, (id) => ({ jsonrpc: "2.0", id, method: "ping" }))],
  ])("%s, %s", async (path, field, body) => {
    const { status, text } = await post(path, body);
    expect([Math.floor(status / 100), text.length < 1000, text]).toEqual([
      4,
      true,
      expect.stringContaining(field),
    ]);
  });
});

test.each([
  [COMPLETIONS, completion([user("\ud800")])],
  ["/v1/responses", { model: MODEL, input: "\udfff" }],
  [MESSAGES, anthropic([user("\udc00")])],
  ["/bedrock-chat/ag-ui", run({ messages: [user("\ud83d")] })],
  [
    "/bedrock-chat/ai",
    { id: "c", messages: [{ id: "1", role: "user", parts: [{ type: "text", text: "\ud800" }] }] },
  ],
  ["/api/v1/chat", { message: "\ud800x" }],
  ["/api/agent/stream", { input_text: "\ud800", agent_id: "specchat" }],
  ["/api/chat/message", { message: "\ud800" }],
])("%s: an unpaired surrogate is status 400.", async (path, body) => {
  expect(await post(path, body)).toEqual({
    status: 400,
    text: expect.stringContaining("unpaired surrogate"),
  });
  const paired = JSON.stringify(body).replace(/\\u[\da-f]{4}/, "\\ud83d\\ude00");
  expect((await post(path, paired)).status).toBe(200);
});

test.each([
  ['{"type":"approve","approval_id":"a","approved":true,"tool_call_ids":[1,1]}', "tool_call_ids.0"],
  [
    JSON.stringify({
      type: "approve",
      approval_id: "a",
      approved: true,
      tool_call_ids: list(600_000, () => 1),
    }),
    "tool_call_ids",
  ],
  [JSON.stringify({ message: "hi", attachments: list(45_000, () => 1) }), "attachments"],
  [`{"message":${nested(50_000)}}`, "message"],
  ['{"message":"\\ud800"}', "message"],
])("A native frame beyond a limit is an error that names the field. (%#)", async (frame, field) => {
  const client = await NativeClient.connect(specchat.url);
  client.send(frame);
  expect(await client.waitFor("error")).toMatchObject({
    code: "bad_frame",
    message: expect.stringContaining(field),
  });
  client.send({ type: "ping" });
  await client.waitFor("pong");
  client.close();
});

test.each([
  [{ type: "chat.create_session", title: {} }, "title: must be a string"],
  [{ type: "chat.get_history", sessionId: { toString: 1 } }, "sessionId: must be a string"],
  [{ type: "chat.send_message", message: "hi", sessionId: [] }, "sessionId: must be a string"],
  [{ type: "mcp_call", tool: { toString: 1 } }, "tool: must be a string"],
  [{ type: "mcp_call", tool: "list_things", arguments: "x" }, "arguments: must be an object"],
  [{ type: "subscribe_events", eventTypes: { a: 1 } }, "eventTypes: a list of at most 100 strings"],
  [
    { type: "subscribe_events", eventTypes: list(45_000, () => "a") },
    "eventTypes: a list of at most 100 strings",
  ],
  [{ type: "publish_event", event: 5 }, "Event is required"],
])("A dashboard frame gets an error about its parameters. (%#)", async (frame, error) => {
  const client = await SocketClient.connect(specchat.url, "/ws");
  await client.next();
  client.send({ id: "1", ...frame });
  expect((await client.next()) as unknown).toEqual({ id: "1", type: "error", error });
  client.close();
});

test("A dashboard frame with an object as `id` or `type` is answered.", async () => {
  const client = await SocketClient.connect(specchat.url, "/ws");
  await client.next();
  client.send({ id: { toString: 1 }, type: "ping" });
  expect((await client.next()) as unknown).toEqual({
    type: "error",
    error: "id: a string or a number of at most 1000 characters.",
  });
  client.send({ id: 1, type: { toString: 1 } });
  expect((await client.next()) as unknown).toEqual({
    id: 1,
    error: { code: -32601, message: "Unknown message type: object" },
  });
  client.close();
});

test.each(["/bedrock-chat/ws", "/ws", "/ws/chat/completions"])(
  "%s: a client that sends thousands of frames at once is closed, and one that sends some hundred is answered.",
  async (path) => {
    const frames = (count: number) => list(count, () => client.send({ type: "ping" }));
    let client = await SocketClient.connect(specchat.url, path);
    frames(50_000);
    expect(await client.closed).toMatchObject({ code: 1008 });
    client = await SocketClient.connect(specchat.url, path);
    const before = client.frames.length;
    frames(300);
    await client.waitUntil(() => client.frames.length >= before + 300);
    client.close();
  },
);

test("A history of some hundred messages with calls, files and tools is answered.", async () => {
  const calls = list(300, (index) => [
    { role: "assistant", content: null, tool_calls: [toolCall(index)] },
    { role: "tool", tool_call_id: `call_${index}`, content: "1" },
  ]).flat();
  const tools = list(100, (index) => ({ type: "function", function: { name: `tool_${index}` } }));
  const messages = [
    ...list(300, () =>
      user(["text", "image_url"].map((type) => (type === "text" ? { type, text: "a" } : PIXEL))),
    ),
    ...calls,
    user("hi"),
  ];
  expect(await post(COMPLETIONS, completion(messages, { tools }))).toMatchObject({ status: 200 });
});

/** Sends a request in pieces, and returns the response when the connection closes. */
async function upload(pieces: readonly string[], pauseMs: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let response = "";
  const { hostname, port } = new URL(specchat.url);
  const socket = connect(Number(port), hostname);
  socket.on("data", (data) => (response += data));
  socket.on("close", () => resolve(response));
  for (const piece of pieces) {
    socket.write(piece);
    await Bun.sleep(pauseMs);
  }
  return await promise;
}

test("A slow upload goes on as long as bytes arrive.", async () => {
  const body = JSON.stringify({ metadata: { a: "a".repeat(1100) } });
  const head = `POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
  const pieces = body.match(/.{1,100}/g) ?? [];
  expect(await upload([head, ...pieces], 1000)).toStartWith("HTTP/1.1 201 ");
}, 30_000);

test("A body without a length is cut at the limit.", async () => {
  const chunk = `${(10_000).toString(16)}\r\n${" ".repeat(10_000)}\r\n`;
  const head =
    "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  expect(await upload([head, ...list(11, () => chunk), "0\r\n\r\n"], 1)).toStartWith("HTTP/1.1 413 ");
});

test("A body in thousands of parts of one byte is refused, and one in parts of some bytes is not.", async () => {
  const head = `POST ${COMPLETIONS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const answer = await upload([head, "1\r\n \r\n".repeat(12_000)], 1);
  expect(answer).toStartWith("HTTP/1.1 400 ");
  expect(answer).toContain("too many small parts");
  const body = JSON.stringify(completion([user("a".repeat(100_000))]));
  const parts = (body.match(/.{1,16}/g) ?? []).map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
  expect(await upload([head, `${parts.join("")}0\r\n\r\n`], 1)).toStartWith("HTTP/1.1 200 ");
});

test("With `*` as origin, a POST that browsers send without asking first is refused before anything is done.", async () => {
  const open = await startSpecchat({
    argv: [
      "--spec",
      api.spec,
      "--base-url",
      api.url,
      "--model",
      MODEL,
      "--allowed-origins",
      "*,https://listed.test",
    ],
    model: createScriptedModel(() => [
      { type: "text", text: "Well." },
      { type: "end", stopReason: "end_turn", usage: USAGE },
    ]),
  });
  const paths = [
    COMPLETIONS,
    "/v1/responses",
    MESSAGES,
    `${MESSAGES}/count_tokens`,
    "/bedrock-chat/ag-ui",
    "/bedrock-chat/ai",
    "/api/v1/chat",
    "/api/v1/chat/stream",
    "/api/v1/sessions",
    "/api/agent/stream",
    "/api/chat/message",
    "/mcp",
    "/bedrock-chat/sessions/a/stop",
    "/api/v1/approvals/a/approve",
    "/api/v1/models/validate",
  ];
  const send = (
    path: string,
    headers: Record<string, string>,
    body: BodyInit = JSON.stringify(completion([user("hi")])),
  ) => fetch(`${open.url}${path}`, { method: "POST", body, headers });
  const form = new FormData();
  form.set("a", "b");
  for (const path of paths) {
    for (const type of [
      "text/plain",
      "text/plain; application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ])
      expect([
        path,
        type,
        (await send(path, { Origin: "https://elsewhere.test", "Content-Type": type })).status,
      ]).toEqual([path, type, 415]);
    expect([path, (await send(path, { Origin: "null" }, new Uint8Array([123, 125]))).status]).toEqual([
      path,
      415,
    ]);
    expect([path, (await send(path, { Origin: "https://elsewhere.test" }, form)).status]).toEqual([
      path,
      415,
    ]);
  }
  const json = await send(COMPLETIONS, {
    Origin: "https://elsewhere.test",
    "Content-Type": "application/json; charset=utf-8",
  });
  expect([json.status, json.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
  expect(
    (await send(COMPLETIONS, { Origin: "https://listed.test", "Content-Type": "text/plain" })).status,
  ).toBe(200);
  expect((await send(COMPLETIONS, { "Content-Type": "text/plain" })).status).toBe(200);
  await open.stop();
});
