/** A store in trouble: what health says, which error clients get, and that all is well again afterwards. */
import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeUnavailable } from "../../src/store/errors.ts";
import { createMemoryStore } from "../../src/store/memory.ts";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, USAGE } from "../support/scripted-model.ts";

const END = { type: "end", stopReason: "end_turn", usage: USAGE } as const;
const model = () => createScriptedModel(() => [{ type: "text", text: "Well." }, END]);
let specchat: Specchat;
let clock = Date.parse("2026-01-01T00:00:00Z");
const ports = { now: () => new Date(clock) };

afterEach(() => specchat.stop());

/** Returns status code, status and problem of all health URLs, once a cached result has expired. */
async function readHealth() {
  clock += 5000;
  const read = async (path: string) => {
    const response = await fetch(`${specchat.url}${path}`);
    const text = await response.text();
    const { status, problem, problems, details } = JSON.parse(text);
    return { code: response.status, status, problem: problem ?? problems?.[0] ?? details?.store, text };
  };
  return await Promise.all(["/health", "/bedrock-chat/health", "/readyz"].map(read));
}

test.each([
  ["/var/lib/x.sqlite: database or disk is full", "no space"],
  ["/var/lib/x.sqlite: attempt to write a readonly database", "read-only"],
  ["redis://h/0: OOM command not allowed when used memory > 'maxmemory'.", "no space"],
  ["redis://h/0: READONLY You can't write against a read only replica.", "read-only"],
  ["redis://h/0: MISCONF Redis is configured to save RDB snapshots", "read-only"],
  ["/var/lib/x: EACCES: permission denied, stat '/var/lib/x'", "Access to the store is denied"],
  ["/var/lib/x.sqlite: unable to open database file", "data folder is gone"],
])("Health is degraded while a store refuses writes, without its address: %s", async (detail, words) => {
  let isFull = false;
  const memory = createMemoryStore({ maxSessions: 10, sessionTimeoutMs: 60_000, now: Date.now });
  const check = async () => {
    if (isFull) throw storeUnavailable(detail);
  };
  specchat = await startSpecchat({ model: model(), ports: { ...ports, store: { ...memory, check } } });
  expect((await readHealth()).map(({ code, status }) => [code, status])).toEqual([
    [200, "healthy"],
    [200, "healthy"],
    [200, "ready"],
  ]);
  isFull = true;
  for (const { code, status, problem, text } of await readHealth()) {
    expect(status === "degraded" || (code === 503 && status === "not ready")).toBe(true);
    expect(problem).toContain(words);
    expect(text).not.toMatch(/\/var\/lib|redis:/);
  }
  isFull = false;
  expect((await readHealth()).map(({ code }) => code)).toEqual([200, 200, 200]);
});

test("Without the data folder every client gets an error, and all is well when it is back, without a restart.", async () => {
  const parent = await mkdtemp(join(tmpdir(), "specchat-"));
  const folder = join(parent, "data");
  specchat = await startSpecchat({ model: model(), ports, argv: ["--data-dir", folder] });
  const client = await NativeClient.connect(specchat.url);
  const chat = () =>
    fetch(`${specchat.url}/api/v1/chat`, { method: "POST", body: '{"message":"hi"}' }).then(
      ({ status }) => status,
    );
  expect([(await client.runTurn("hi")).at(-1)?.type, await chat()]).toEqual(["ai_response", 200]);
  await rename(folder, join(parent, "away"));
  expect((await client.runTurn("hi")).at(-1)).toMatchObject({ type: "error", code: "store_unavailable" });
  expect(await chat()).toBe(503);
  expect((await readHealth()).map(({ status }) => status)).toEqual(["degraded", "degraded", "not ready"]);
  // A file in place of the folder.
  await Bun.write(folder, "");
  expect((await client.runTurn("hi")).at(-1)).toMatchObject({ type: "error", code: "store_unavailable" });
  await rm(folder);
  await rename(join(parent, "away"), folder);
  expect([(await client.runTurn("hi")).at(-1)?.type, await chat()]).toEqual(["ai_response", 200]);
  expect((await readHealth()).map(({ code }) => code)).toEqual([200, 200, 200]);
  client.close();
});

test("An unexpected error of the store reaches the one who asked.", async () => {
  const memory = createMemoryStore({ maxSessions: 10, sessionTimeoutMs: 60_000, now: Date.now });
  const read = () => Promise.reject(new TypeError("a bug"));
  specchat = await startSpecchat({ model: model(), ports: { ...ports, store: { ...memory, read } } });
  const client = await NativeClient.connect(specchat.url);
  expect((await client.runTurn("hi")).at(-1)).toMatchObject({ type: "error", code: "internal" });
  client.close();
  const response = await fetch(`${specchat.url}/api/v1/chat`, { method: "POST", body: '{"message":"hi"}' });
  expect([response.status, await response.json()]).toEqual([
    500,
    {
      detail: "Internal server error",
      error: "internal",
      request_id: response.headers.get("x-request-id") ?? "",
    },
  ]);
});

test("Public answers name no account and no role of AWS, unless `--health-details` shows them in health.", async () => {
  const arn = "arn:aws:sts::123456789012:assumed-role/team/i-0abc";
  const problem = `User: ${arn} is not authorized to perform: bedrock:InvokeModel.`;
  const unready = async () =>
    ({ status: "unready", problem, advice: `Allow it for account 123456789012.` }) as const;
  const read = async (argv: readonly string[]) => {
    specchat = await startSpecchat({ model: { ...model(), health: unready }, argv });
    const texts = await Promise.all(
      ["/health", "/bedrock-chat/health", "/readyz"].map(async (path) =>
        (await fetch(`${specchat.url}${path}`)).text(),
      ),
    );
    const body = JSON.stringify({ provider: "bedrock", model: specchat.app.modelId });
    const validated = await fetch(`${specchat.url}/api/v1/models/validate`, { method: "POST", body });
    return { texts, validated: await validated.text() };
  };
  const details = await read(["--health-details"]);
  expect(details.texts.every((text) => text.includes(arn))).toBe(true);
  await specchat.stop();
  const { texts, validated } = await read([]);
  for (const text of [...texts, validated, details.validated]) {
    expect(text).toContain("is not authorized to perform: bedrock:InvokeModel");
    expect(text).not.toMatch(/123456789012|assumed-role|i-0abc/);
  }
});
