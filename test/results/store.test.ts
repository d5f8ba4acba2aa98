import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { mkdir, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionId } from "../../src/chat/types.ts";
import { createResultDisk } from "../../src/results/disk.ts";
import { BoundedResultStore } from "../../src/results/store.ts";
import type { ResultDisk, ResultId } from "../../src/results/types.ts";

const folder = mkdtempSync(join(tmpdir(), "specchat-results-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const one = "s1" as SessionId;
const two = "s2" as SessionId;
const LIMITS = { perSession: 1000, inMemory: 1000, onDisk: 1000 };

function store(limits: Partial<typeof LIMITS>, disk: ResultDisk = createResultDisk(folder, "own", Date.now)) {
  return new BoundedResultStore({ ...LIMITS, ...limits }, disk);
}

const found = (id: string, text: string) => ({
  outcome: "found" as const,
  result: { id: id as ResultId, text, chunkSize: 10 },
});

test("results are numbered within their session and not visible to others", async () => {
  const results = store({});
  expect(await results.save(one, "first", 10)).toBe("r1" as ResultId);
  expect(await results.save(one, "second", 10)).toBe("r2" as ResultId);
  expect(await results.save(two, "other", 10)).toBe("r1" as ResultId);
  expect(await results.find(one, "r2")).toEqual(found("r2", "second"));
  expect(await results.find(two, "r1")).toEqual(found("r1", "other"));
  expect(await results.find(two, "r2")).toEqual({ outcome: "unknown", known: ["r1" as ResultId] });
  expect(existsSync(join(folder, "own"))).toBe(false);
});

test("a session over its limit loses its oldest results, which are reported as evicted", async () => {
  const results = store({ perSession: 25 });
  for (const letter of "abc") await results.save(one, letter.repeat(10), 10);
  await results.save(two, "x".repeat(20), 10);
  expect(await results.find(one, "r1")).toEqual({ outcome: "evicted" });
  expect(await results.find(one, "r2")).toEqual(found("r2", "b".repeat(10)));
  expect(await results.find(two, "r1")).toEqual(found("r1", "x".repeat(20)));
  await results.save(one, "d".repeat(100), 10);
  expect(await results.find(one, "r4")).toEqual(found("r4", "d".repeat(100)));
  expect(await results.find(one, "r3")).toEqual({ outcome: "evicted" });
});

test("results beyond the memory limit are moved to disk, readable by the current user only, and then evicted", async () => {
  const results = store({ inMemory: 20, onDisk: 20 });
  for (const letter of "abc") await results.save(one, letter.repeat(10), 10);
  expect(results.sizes).toEqual({ inMemory: 20, onDisk: 10 });
  expect(readdirSync(join(folder, "own"))).toEqual(["s1-r1.txt"]);
  expect(statSync(join(folder, "own")).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "own", "s1-r1.txt")).mode & 0o777).toBe(0o600);
  expect(await results.find(one, "r1")).toEqual(found("r1", "a".repeat(10)));
  for (const letter of "defg") await results.save(two, letter.repeat(10), 10);
  expect(results.sizes).toEqual({ inMemory: 20, onDisk: 20 });
  expect(await results.find(one, "r1")).toEqual({ outcome: "evicted" });
  expect(await results.find(two, "r1")).toEqual(found("r1", "d".repeat(10)));
});

test("texts are read from disk unchanged", async () => {
  const results = store({ inMemory: 0 });
  const text = "líne\r\n\u0000😀\n\tend";
  await results.save(one, text, 10);
  await results.save(one, "newer", 10);
  expect(results.sizes).toEqual({ inMemory: 5, onDisk: text.length });
  expect(await results.find(one, "r1")).toEqual(found("r1", text));
});

test("deleting a session and closing the store remove all files", async () => {
  const results = store({ inMemory: 0 });
  for (const session of [one, two, one, two]) await results.save(session, "text", 10);
  await results.deleteSession(one);
  expect(await results.find(one, "r1")).toEqual({ outcome: "unknown", known: [] });
  expect(readdirSync(join(folder, "own")).sort()).toEqual(["s2-r1.txt"]);
  await results.close();
  expect(existsSync(join(folder, "own"))).toBe(false);
  expect(results.sizes).toEqual({ inMemory: 0, onDisk: 0 });
});

test("a disk that rejects writes evicts the oldest results, and `save()` succeeds", async () => {
  const full: ResultDisk = {
    write: () => Promise.reject(new Error("ENOSPC")),
    read: async () => undefined,
    remove: async () => undefined,
    removeAll: async () => undefined,
  };
  const results = store({ inMemory: 4 }, full);
  await results.save(one, "old", 10);
  await results.save(one, "new", 10);
  expect(await results.find(one, "r1")).toEqual({ outcome: "evicted" });
  expect(await results.find(one, "r2")).toEqual(found("r2", "new"));
});

test("the folder of a killed process is removed after a week, and folders in use stay", async () => {
  const now = Date.now();
  const week = 7 * 24 * 3600;
  for (const [name, age] of [
    ["old", week + 60],
    ["running", 60],
  ] as const) {
    await mkdir(join(folder, name), { recursive: true });
    await utimes(join(folder, name), now / 1000 - age, now / 1000 - age);
  }
  await createResultDisk(folder, "own", () => now).write("r.txt", "text");
  expect(readdirSync(folder).sort()).toEqual(["own", "running"]);
});
