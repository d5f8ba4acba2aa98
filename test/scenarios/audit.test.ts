/** The audit log of a server, through the front door. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { headPath, readHead } from "../../src/access/audit/head.ts";
import { Verifier } from "../../src/access/audit/verify.ts";
import { commands } from "../../src/commands/index.ts";
import { loadConfig } from "../../src/config/load.ts";
import { connect as connectMcp, createHttpTransport } from "../protocols/mcp/client.ts";
import { NativeClient, type RecordingApi, startApi, startSpecchat, testPorts } from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type ScriptedModel,
} from "../support/scripted-model.ts";
import { SocketClient } from "../support/socket-client.ts";

let folder: string;
let api: RecordingApi;
beforeAll(async () => {
  [folder, api] = await Promise.all([mkdtemp(join(tmpdir(), "audit-scenario-")), startApi()]);
});
afterAll(() => Promise.all([rm(folder, { recursive: true, force: true }), api.stop()]));

const createOneThing = () =>
  createScriptedModel([
    replyWithCalls(["c1", "createThing", { name: "planted text" }]),
    replyWithText("Created."),
  ]);

async function start(name: string, model: ScriptedModel, ...argv: string[]) {
  const path = join(folder, name, "audit.jsonl");
  const data = join(folder, name, "data");
  const specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--audit-log", path, "--data-dir", data, ...argv],
    model,
  });
  const client = await NativeClient.connect(specchat.url);
  client.send({ type: "hello", capabilities: ["approval"] });
  return { path, data, specchat, client };
}

async function readEntries(path: string): Promise<readonly Record<string, unknown>[]> {
  const lines = (await readFile(path, "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("a turn is recorded with its client, session, calls and approval, and without texts", async () => {
  const { path, data, specchat, client } = await start("turn", createOneThing());
  client.send({ message: "planted question" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id, approved: true });
  await client.waitFor("ai_response");
  client.close();
  await specchat.stop();

  const text = await readFile(path, "utf8");
  const entries = await readEntries(path);
  const verifier = new Verifier({ head: await readHead(headPath(data, path)) });
  await verifier.addFile(path);
  expect(verifier.finish()).toMatchObject({ lines: entries.length, problems: [], notes: [] });
  expect(text).not.toContain("planted");
  const [caller] = entries.flatMap(({ caller }) => caller ?? []);
  const [session] = entries.flatMap(({ session }) => session ?? []);
  const [turn] = entries.flatMap(({ turn }) => turn ?? []);
  const shared = { caller, kind: "anonymous", address: "127.0.0.1", session, turn };
  const modelCall = { ...shared, event: "model_call", inputTokens: 10, outputTokens: 5, costUsd: null };
  expect(entries).toMatchObject([
    { event: "log_opened" },
    { ...shared, event: "turn_started" },
    { ...modelCall, outcome: "tool_use" },
    { ...shared, event: "approval", outcome: "approved", tools: ["createThing"], forSession: false },
    {
      ...shared,
      event: "tool_call",
      tool: "createThing",
      operation: "POST /things",
      approval: "person",
      approvedBy: caller,
      arguments: { name: null },
    },
    { ...modelCall, outcome: "end_turn" },
    { ...shared, event: "turn_ended", outcome: "end_turn" },
  ]);
});

test("with --guard-untrusted, a call that needs no approval is told from one that the person allowed for the conversation", async () => {
  const write = (id: string) => replyWithCalls([id, "createThing", { name: "x" }]);
  const read = (id: string) => replyWithCalls([id, "listThings", {}]);
  const done = replyWithText("Done.");
  const model = createScriptedModel([
    ...[read("r1"), write("w1"), done],
    ...[write("w2"), read("r2"), write("w3"), done],
  ]);
  const { path, specchat, client } = await start("guarded", model, "--approve", "none", "--guard-untrusted");
  client.send({ message: "first" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id, approved: true, scope: "session" });
  await client.waitFor("ai_response");
  client.send({ message: "second" });
  await client.waitFor("ai_response");
  client.close();
  await specchat.stop();
  const calls = (await readEntries(path)).filter(({ event }) => event === "tool_call");
  expect(calls.map(({ tool, approval, approvedBy }) => [tool, approval, approvedBy !== undefined])).toEqual([
    ["listThings", "not-needed", false],
    ["createThing", "person", true],
    ["createThing", "not-needed", false],
    ["listThings", "not-needed", false],
    ["createThing", "conversation", false],
  ]);
});

test("with --audit-required, messages are refused while the log cannot be written, and health says so", async () => {
  const { path, specchat, client } = await start(
    "required",
    createOneThing(),
    "--audit-required",
    "--approve",
    "none",
  );
  // A folder in place of the file: nothing can be appended, also not by root.
  await rm(path);
  await mkdir(path);
  client.send({ message: "first" });
  await client.waitFor("ai_response");
  // The entries are written in the background.
  while (!specchat.log.some((line) => line.includes("audit log cannot be written"))) await Bun.sleep(10);
  client.send({ message: "second" });
  expect(await client.waitFor("error")).toMatchObject({ code: "audit_unavailable" });
  const health = (await (await fetch(`${specchat.url}/health`)).json()) as Record<string, unknown>;
  expect(health).toMatchObject({
    status: "degraded",
    details: { audit: "the audit log cannot be written" },
  });
  expect(specchat.log.filter((line) => line.includes("audit log cannot be written"))).toHaveLength(1);
  client.close();
  await specchat.stop();
});

test("each refusal and each administrative act is recorded, with the one whom it is about", async () => {
  const path = join(folder, "refusals", "audit.jsonl");
  const key = "key-of-rita-0123456789";
  const roles = {
    defaults: { allow: [] },
    roles: { reader: { allow: ["listThings"], protocols: ["langchain", "mcp", "dashboard"] } },
  };
  const specchat = await startSpecchat({
    argv: [
      ...["--spec", api.spec, "--base-url", api.url, "--approve", "none", "--audit-log", path],
      ...["--roles", JSON.stringify(roles), "--api-keys", `rita:reader:${key}`],
      ...["--rate-limit", "4/hour"],
    ],
    model: createScriptedModel([
      replyWithCalls(["c1", "createThing", { name: "planted" }], ["c2", "no_such_tool", {}]),
      replyWithText("No."),
    ]),
  });
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const send = async (url: string, body: object, own: Record<string, string> = headers) => {
    const response = await fetch(`${specchat.url}${url}`, {
      method: "POST",
      headers: own,
      body: JSON.stringify(body),
    });
    await response.text();
    return response.status;
  };
  const message = { message: "go" };
  expect(await send("/api/v1/chat", message, { ...headers, Authorization: "Bearer planted-wrong" })).toBe(
    401,
  );
  expect(await send("/v1/chat/completions", { model: "x", messages: [] })).toBe(403);
  expect((await fetch(`${specchat.url}/metrics`, { headers })).status).toBe(403);
  expect(await send("/api/v1/chat", message)).toBe(200);
  const mcp = await connectMcp(createHttpTransport(specchat.url, { headers }));
  await mcp.callTool({ name: "createThing", arguments: { name: "planted" } }).catch(() => undefined);
  await mcp.close();
  const dashboard = await SocketClient.connect(specchat.url, "/ws", headers);
  dashboard.send({ id: "1", type: "mcp_call", tool: "createThing", arguments: { name: "planted" } });
  await dashboard.waitUntil(() => dashboard.frames.some(({ id }) => id === "1"));
  dashboard.terminate();
  const native = await SocketClient.connect(specchat.url, "/bedrock-chat/ws");
  native.send({ type: "auth", token: key });
  expect(await native.next()).toMatchObject({ type: "error", code: "forbidden" });
  native.terminate();
  expect((await fetch(`${specchat.url}/bedrock-chat/tools/createThing`, { headers })).status).toBe(404);
  expect((await fetch(`${specchat.url}/bedrock-chat/tools/none`, { headers })).status).toBe(404);
  let status = 0;
  for (let count = 0; count < 6 && status !== 429; count++) status = await send("/api/v1/sessions", {});
  expect(status).toBe(429);
  await specchat.app.apis.reload();
  await specchat.stop();
  const entries = await readEntries(path);
  expect(entries.map((entry) => JSON.stringify(entry)).join()).not.toContain("planted");
  const denied = entries.filter(({ event }) => event === "denied");
  const forbidden = { reason: "authorization", code: "operation", subject: "createThing", user: "key:rita" };
  expect(denied).toMatchObject([
    { reason: "authentication", subject: "POST /api/v1/chat", address: "127.0.0.1" },
    { reason: "authorization", code: "protocol", subject: "POST /v1/chat/completions", user: "key:rita" },
    { reason: "authorization", code: "not_administrator", subject: "GET /metrics", user: "key:rita" },
    forbidden,
    forbidden,
    forbidden,
    { reason: "authorization", code: "protocol", subject: "WebSocket" },
    forbidden,
    { reason: "limit", user: "key:rita" },
  ]);
  expect(denied[0]?.user).toBeUndefined();
  expect(entries.filter(({ event }) => event === "administration")).toMatchObject([
    { act: "document_reloaded" },
  ]);
});

test("the export of sessions is recorded in the log of the command", async () => {
  const path = join(folder, "export", "audit.jsonl");
  const data = join(folder, "export", "data");
  const stored = await startSpecchat({ argv: ["--data-dir", data] });
  await stored.stop();
  const loaded = loadConfig({
    argv: ["sessions", "export", join(folder, "export.jsonl"), "--audit-log", path, "--data-dir", data],
    environment: {},
    readFile: () => undefined,
    commands: { sessions: commands.sessions.spec },
  });
  await commands.sessions.run({
    loaded,
    terminal: { out() {}, err() {}, flush: async () => {} },
    ports: testPorts(),
    useDemoModel: false,
    onReload: () => {},
    stop: new AbortController().signal,
  });
  const [, entry] = await readEntries(path);
  expect(entry).toMatchObject({
    event: "administration",
    act: "sessions_exported",
    subject: join(folder, "export.jsonl"),
    caller: "terminal",
  });
});
