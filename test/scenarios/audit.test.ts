/** The audit log of a server, through the front door. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { headPath, readHead } from "../../src/access/audit/head.ts";
import { Verifier } from "../../src/access/audit/verify.ts";
import { NativeClient, type RecordingApi, startApi, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let folder: string;
let api: RecordingApi;
beforeAll(async () => {
  [folder, api] = await Promise.all([mkdtemp(join(tmpdir(), "audit-scenario-")), startApi()]);
});
afterAll(() => Promise.all([rm(folder, { recursive: true, force: true }), api.stop()]));

async function start(name: string, ...argv: string[]) {
  const path = join(folder, name, "audit.jsonl");
  const data = join(folder, name, "data");
  const model = createScriptedModel([
    replyWithCalls(["c1", "createThing", { name: "planted text" }]),
    replyWithText("Created."),
  ]);
  const specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--audit-log", path, "--data-dir", data, ...argv],
    model,
  });
  const client = await NativeClient.connect(specchat.url);
  client.send({ type: "hello", capabilities: ["approval"] });
  return { path, data, specchat, client };
}

test("a turn is recorded with its client, session, calls and approval, and without texts", async () => {
  const { path, data, specchat, client } = await start("turn");
  client.send({ message: "planted question" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id, approved: true });
  await client.waitFor("ai_response");
  client.close();
  await specchat.stop();

  const text = await readFile(path, "utf8");
  const entries = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
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

test("with --audit-required, messages are refused while the log cannot be written, and health says so", async () => {
  const { path, specchat, client } = await start("required", "--audit-required", "--approve", "none");
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
