import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionId } from "../../src/chat/types.ts";
import { createPersistentResults } from "../../src/results/persistent-store.ts";
import { BoundedResultStore } from "../../src/results/store.ts";
import { NativeClient, startApi, startSpecchat } from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
} from "../support/scripted-model.ts";

const SESSION = "11111111-1111-4111-8111-111111111111" as SessionId;
const OTHER = "22222222-2222-4222-8222-222222222222" as SessionId;
let folder: string;
let now = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "specchat-results-"));
  now = Date.now();
});

afterEach(() => rm(folder, { recursive: true }));

function open(maxSize = 1e6) {
  const noDisk = {
    write: async () => {},
    read: async () => undefined,
    remove: async () => {},
    removeAll: async () => {},
  };
  const memory = new BoundedResultStore({ perSession: 1e6, inMemory: 1e6, onDisk: 0 }, noDisk);
  return createPersistentResults(memory, {
    folder: join(folder, "results"),
    maxSize,
    maxAgeMs: 60_000,
    now: () => now,
  });
}

test("another process finds a result with its chunk size, and does not reuse its id", async () => {
  const id = await open().save(SESSION, "text of the first", 7);
  const next = open();
  next.restoreCount(SESSION, () => 1);
  expect(await next.find(SESSION, ` ${id} `)).toEqual({
    outcome: "found",
    result: { id, text: "text of the first", chunkSize: 7 },
  });
  expect(await next.save(SESSION, "second", 7)).toBe("r2" as typeof id);
  expect(await next.find(SESSION, "r3")).toEqual({ outcome: "unknown", known: ["r2" as typeof id] });
  expect(await next.find(OTHER, id)).toMatchObject({ outcome: "unknown" });
  expect(await next.find(SESSION, "../r1")).toMatchObject({ outcome: "unknown" });
});

test("only the current user can read the files", async () => {
  await open().save(SESSION, "secret", 7);
  const [name = ""] = await readdir(join(folder, "results", SESSION));
  const modes = [join(folder, "results", SESSION), join(folder, "results", SESSION, name)];
  expect(await Promise.all(modes.map(async (path) => (await stat(path)).mode & 0o777))).toEqual([
    0o700, 0o600,
  ]);
});

test("releasing a session keeps its files, and deleting it removes them", async () => {
  const results = open();
  const id = await results.save(SESSION, "text", 7);
  await results.release(SESSION);
  expect(await results.find(SESSION, id)).toMatchObject({ outcome: "found" });
  await results.deleteSession(SESSION);
  expect(await results.find(SESSION, id)).toMatchObject({ outcome: "unknown" });
  expect(await readdir(join(folder, "results"))).toEqual([]);
});

test("the oldest files are evicted by size and by age, including those of an earlier process", async () => {
  await open().save(SESSION, "a".repeat(60), 7);
  const results = open(100);
  await results.save(OTHER, "b".repeat(60), 7);
  expect([
    await readdir(join(folder, "results", SESSION)),
    await readdir(join(folder, "results", OTHER)),
  ]).toEqual([[], ["r1-7.txt"]]);
  now += 61_000;
  await results.save(SESSION, "c", 7);
  expect(await readdir(join(folder, "results", OTHER))).toEqual([]);
});

test("the model reads a long response from before a restart", async () => {
  const api = await startApi(() => new Response(`begin ${"line of a log\n".repeat(20_000)}the very end`));
  const start = (scripts: readonly Script[]) =>
    startSpecchat({
      argv: ["--spec", api.spec, "--base-url", api.url, "--data-dir", folder],
      model: createScriptedModel(scripts),
    });
  const first = await start([replyWithCalls(["c1", "listThings", {}]), replyWithText("It is long.")]);
  const client = await NativeClient.connect(first.url);
  const { session_id } = await client.waitFor("connection_established");
  await client.runTurn("get it");
  client.close();
  await first.stop();
  const model = [
    replyWithCalls(["c2", "search_result", { id: "r1", text: "the very end" }]),
    replyWithText("There."),
  ];
  const second = await start(model);
  const again = await NativeClient.connect(second.url);
  again.send({ type: "resume", session_id, last_seq: 0 });
  const end = (await again.waitFor("snapshot")).seq;
  again.send({ message: "how does it end?" });
  const result = await again.waitFor("tool_result");
  expect([result.seq > end, result.status, result.result.includes("the very end")]).toEqual([
    true,
    "ok",
    true,
  ]);
  again.close();
  await second.stop();
  await api.stop();
});
