import { afterEach, beforeEach, expect, test } from "bun:test";
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

const END = { type: "end", stopReason: "end_turn", usage: USAGE } as const;
const HOUR = 3_600_000;
let specchat: Specchat;
let api: RecordingApi;
let clock = Date.parse("2026-01-01T00:00:00Z");

async function start(...flags: readonly string[]): Promise<Specchat> {
  const argv = [
    "--spec",
    api.spec,
    "--base-url",
    api.url,
    "--approve",
    "none",
    "--rate-limit",
    "3/hour",
    "--model",
    MODEL,
  ];
  return await startSpecchat({
    argv: [...argv, ...flags],
    model: createScriptedModel(() => [{ type: "text", text: "Hello." }, END]),
    ports: { now: () => new Date(clock) },
  });
}

beforeEach(async () => {
  api = await startApi();
  specchat = await start();
});
afterEach(async () => {
  await specchat.stop();
  await api.stop();
});

const ATTEMPTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const writes = () => api.requests.filter((request) => request.startsWith("POST"));
const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${specchat.url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
const MESSAGES = [{ role: "user", content: "hi" }];
const createSession = (cookie: string, headers: Readonly<Record<string, string>> = {}) =>
  post("/api/v1/sessions", {}, { Cookie: cookie, ...headers });

/** Returns a new cookie of the page. */
async function fetchCookie(): Promise<string> {
  const response = await fetch(`${specchat.url}/bedrock-chat/ui`);
  await response.text();
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

const WRITE_TOOL = "createThing";

test("Sessions that a client creates count, whatever cookie and address it makes up.", async () => {
  const statuses: number[] = [];
  for (const attempt of ATTEMPTS) {
    const headers = {
      Cookie: `specchat_caller=${crypto.randomUUID()}`,
      "X-Forwarded-For": `192.0.2.${attempt}`,
      Origin: specchat.url,
    };
    const response = await fetch(`${specchat.url}/api/v1/sessions`, { method: "POST", body: "{}", headers });
    statuses.push(response.status);
  }
  expect(statuses).toEqual([201, 201, 201, ...Array(9).fill(429)]);
});

test("Tool calls of the dashboard count.", async () => {
  const client = await SocketClient.connect(specchat.url, "/ws");
  await client.next();
  for (const id of ATTEMPTS)
    client.send({ id, type: "mcp_call", tool: WRITE_TOOL, arguments: { name: "x" } });
  for (const _ of ATTEMPTS) await client.next();
  client.close();
  expect(writes()).toHaveLength(3);
});

test("Tool calls over MCP count.", async () => {
  const request = (body: object, session?: string) =>
    fetch(`${specchat.url}/mcp`, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...body }),
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        ...(session && { "Mcp-Session-Id": session }),
      },
    });
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "a", version: "1" } };
  const session = (await request({ method: "initialize", params })).headers.get("mcp-session-id") ?? "";
  const call = {
    method: "tools/call",
    params: { name: WRITE_TOOL, arguments: { name: "x" } },
  };
  for (const _ of ATTEMPTS) await (await request(call, session)).text();
  expect(writes()).toHaveLength(3);
});

test.each([
  ["/v1/chat/completions", { model: MODEL, messages: MESSAGES }],
  ["/v1/responses", { model: MODEL, input: "hi" }],
  ["/v1/messages", { model: MODEL, max_tokens: 100, messages: MESSAGES }],
  ["/v1/messages/count_tokens", { model: MODEL, messages: MESSAGES }],
  ["/api/v1/chat", { message: "hi" }],
  ["/api/agent/stream", { input_text: "hi", agent_id: "specchat" }],
  [
    "/bedrock-chat/ai",
    { id: "c", messages: [{ id: "m", role: "user", parts: [{ type: "text", text: "hi" }] }] },
  ],
  ["/bedrock-chat/ag-ui", { threadId: "t", runId: "r", messages: [{ id: "m", ...MESSAGES[0] }] }],
])("Requests to %s that each fetch a cookie first share the budget of their address.", async (path, body) => {
  const statuses: number[] = [];
  for (const _ of ATTEMPTS) {
    const response = await post(path, body, { Cookie: await fetchCookie() });
    statuses.push(response.status);
    await response.text();
  }
  expect(statuses).toEqual([200, 200, 200, ...Array(9).fill(429)]);
});

test("A browser that is known for the period has its own budget; 20 of an address have one together.", async () => {
  const count = async (cookie: string) => {
    const statuses: number[] = [];
    for (const _ of [1, 2, 3, 4]) statuses.push((await createSession(cookie)).status);
    return statuses.filter((status) => status === 201).length;
  };
  const cookies = await Promise.all(Array.from({ length: 22 }, fetchCookie));
  expect([await count(cookies[0] ?? ""), await count(cookies[1] ?? "")]).toEqual([3, 0]);
  clock += HOUR;
  const counts: number[] = [];
  for (const cookie of cookies) counts.push(await count(cookie));
  expect(counts).toEqual([...Array(20).fill(3), 0, 0]);
  expect(await count(await fetchCookie())).toBe(3);
});

test("A connection of a new browser counts on its own once the browser is known.", async () => {
  const client = await NativeClient.connect(specchat.url, {
    Origin: specchat.url,
    Cookie: await fetchCookie(),
  });
  const runTurn = async () => (await client.runTurn("hi")).at(-1)?.type;
  const other = async () => (await createSession("")).status;
  expect([await other(), await other(), await runTurn(), await runTurn()]).toEqual([
    201,
    201,
    "ai_response",
    "error",
  ]);
  clock += HOUR;
  expect([await other(), await other(), await other(), await other(), await runTurn()]).toEqual([
    201,
    201,
    201,
    429,
    "ai_response",
  ]);
  client.close();
});

test("With trusted proxies each address has its own budget, whatever the client adds to the header.", async () => {
  await specchat.stop();
  specchat = await start("--trusted-proxies", "1");
  const statuses: number[] = [];
  for (const address of ["192.0.2.1", "192.0.2.2"])
    for (const attempt of [1, 2, 3, 4]) {
      const forwarded = `198.51.100.${attempt}, ${address}`;
      statuses.push((await createSession(await fetchCookie(), { "X-Forwarded-For": forwarded })).status);
    }
  expect(statuses).toEqual([201, 201, 201, 429, 201, 201, 201, 429]);
});
