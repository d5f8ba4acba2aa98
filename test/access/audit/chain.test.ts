/** The files of an audit log and their verification: removed, changed and reordered lines, crashes, rotation. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFile, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { CHAIN_START, chainEntry, parseLine } from "../../../src/access/audit/chain.ts";
import { readHead } from "../../../src/access/audit/head.ts";
import { listLogFiles } from "../../../src/access/audit/log-file.ts";
import { FileSink } from "../../../src/access/audit/sinks.ts";
import { Verifier, type VerifyOptions } from "../../../src/access/audit/verify.ts";

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "audit-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function newLog(overrides: { maxSize?: number; key?: string | undefined; now?: () => Date } = {}) {
  const name = `log-${count++}`;
  return {
    path: join(folder, name, "audit.jsonl"),
    headPath: join(folder, name, "data", "head.json"),
    maxSize: 1_000_000,
    now: () => new Date("2026-11-29T10:00:00Z"),
    ...overrides,
  };
}

async function writeLog(options: ReturnType<typeof newLog>, entries: number): Promise<void> {
  const sink = await FileSink.open(options);
  for (let index = 0; index < entries; index++) await sink.write([`{"event":"test","index":${index}}`]);
  await sink.close();
}

async function verify(
  { path, headPath, key }: Pick<ReturnType<typeof newLog>, "path" | "headPath" | "key">,
  options: VerifyOptions = {},
) {
  const verifier = new Verifier({ key, head: await readHead(headPath), ...options });
  for (const file of await listLogFiles(path)) await verifier.addFile(file);
  const { problems, notes, lines } = verifier.finish();
  const short = (text: string) => text.replaceAll(`${join(path, "..")}/`, "");
  return { lines, problems: problems.map(short), notes: notes.map(short) };
}

async function editLines(path: string, edit: (lines: string[]) => string[]): Promise<void> {
  const lines = (await readFile(path, "utf8")).split("\n").slice(0, -1);
  await writeFile(
    path,
    edit(lines)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

const whole = { problems: [], notes: [] };

test("a log that nobody touched is whole, also over restarts", async () => {
  const log = newLog();
  await writeLog(log, 3);
  await writeLog(log, 2);
  expect(await verify(log)).toEqual({ lines: 7, ...whole });
});

test.each([
  ["removed", (lines: string[]) => lines.toSpliced(2, 1), ["audit.jsonl:3: 1 line is missing before line 4"]],
  [
    "changed",
    (lines: string[]) => lines.with(2, (lines[2] ?? "").replace('"index":1', '"index":7')),
    ["audit.jsonl:3: line 3 was changed, or the line before it was"],
  ],
  [
    "swapped",
    (lines: string[]) => lines.with(2, lines[3] ?? "").with(3, lines[2] ?? ""),
    [
      "audit.jsonl:3: 1 line is missing before line 4",
      "audit.jsonl:4: line 3 is repeated or in the wrong place",
    ],
  ],
  [
    "repeated",
    (lines: string[]) => lines.toSpliced(3, 0, lines[2] ?? ""),
    ["audit.jsonl:4: line 3 is repeated or in the wrong place"],
  ],
  ["removed at the end", (lines: string[]) => lines.slice(0, -2), ["end: 2 lines are missing after line 4"]],
  [
    "replaced by other text",
    (lines: string[]) => lines.with(2, "gone"),
    ["audit.jsonl:4: 1 line is missing before line 4", "audit.jsonl:3: the line is not one of the log"],
  ],
])("a line that is %s is noticed", async (_name, edit, problems) => {
  const log = newLog();
  await writeLog(log, 5);
  await editLines(log.path, edit);
  expect(await verify(log)).toMatchObject({ problems });
});

test("a chain that is written again without its key is noticed", async () => {
  const log = newLog({ key: "a key of more than sixteen characters" });
  await writeLog(log, 3);
  let link = CHAIN_START;
  await editLines(log.path, (lines) =>
    lines.map((line) => {
      const { content = "" } = parseLine(line) ?? {};
      const chained = chainEntry(link, `{${content.slice(content.indexOf(",") + 1)}`);
      link = chained.link;
      return chained.line;
    }),
  );
  expect((await verify({ ...log, key: undefined }, { head: undefined })).problems).toEqual([]);
  expect((await verify(log)).problems).toHaveLength(5);
});

test("lines that were cut off before a start are recorded at the start", async () => {
  const log = newLog();
  await writeLog(log, 5);
  await editLines(log.path, (lines) => lines.slice(0, 3));
  await writeLog(log, 1);
  expect((await verify(log)).problems).toEqual([
    "audit.jsonl:5: at this start, lines up to 6 were missing at the end of the log",
  ]);
});

test("a crash within a line is repaired and reported, and the log stays whole", async () => {
  const log = newLog();
  await writeLog(log, 2);
  await appendFile(log.path, '{"seq":4,"event":"half a li');
  expect(await verify(log)).toMatchObject({ problems: ["audit.jsonl:4: the line is not one of the log"] });
  await writeLog(log, 1);
  expect(await verify(log)).toEqual({
    lines: 6,
    problems: [],
    notes: ["audit.jsonl:4: a crash broke this line."],
  });
});

test("a crash between a line and its line break, and one before the head was written, are no problem", async () => {
  const log = newLog();
  await writeLog(log, 2);
  const head = await readFile(log.headPath);
  await writeLog(log, 1);
  await writeFile(log.headPath, head);
  const { length } = await readFile(log.path);
  await truncate(log.path, length - 1);
  await writeLog(log, 1);
  expect(await verify(log)).toEqual({ lines: 7, ...whole });
});

test("a log whose bytes end anywhere is noticed, and is whole or reported after a restart", async () => {
  const log = newLog();
  await writeLog(log, 6);
  const bytes = await readFile(log.path);
  const head = await readFile(log.headPath);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 2 }), async (length) => {
      await writeFile(log.path, bytes.subarray(0, length));
      await writeFile(log.headPath, head);
      expect((await verify(log)).problems).not.toEqual([]);
      await writeLog(log, 1);
      expect((await verify(log)).problems.some((text) => text.includes("at this start"))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test("a full file and the end of a day begin a new file, which continues the chain", async () => {
  let now = new Date("2026-11-29T23:59:00Z");
  const log = newLog({ maxSize: 600, now: () => now });
  const sink = await FileSink.open(log);
  for (let index = 0; index < 4; index++) await sink.write([`{"event":"test","text":"${"x".repeat(200)}"}`]);
  now = new Date("2026-11-30T00:01:00Z");
  await sink.write(['{"event":"test"}']);
  await sink.close();
  await writeLog(log, 1);
  expect((await readdir(join(log.path, ".."))).toSorted()).toEqual([
    "audit.jsonl",
    "audit.jsonl.2026-11-29.3",
    "audit.jsonl.2026-11-29.6",
    "data",
  ]);
  expect(await verify(log)).toEqual({ lines: 10, ...whole });
  await rm(`${log.path}.2026-11-29.3`);
  expect(await verify(log)).toEqual({
    lines: 7,
    problems: [],
    notes: ["The log begins at line 4: older files are not in the folder."],
  });
});

test("a missing file in the middle is noticed", async () => {
  const log = newLog({ maxSize: 300 });
  await writeLog(log, 6);
  const [, second = ""] = await listLogFiles(log.path);
  await rm(second);
  expect((await verify(log)).problems).toHaveLength(1);
});

test("a file that another program moved is left, and the chain goes on in a new one", async () => {
  const log = newLog();
  const sink = await FileSink.open(log);
  await sink.write(['{"event":"test"}']);
  await rename(log.path, `${log.path}.1`);
  await sink.write(['{"event":"test"}']);
  await sink.close();
  expect(await verify(log)).toEqual({ lines: 4, ...whole });
});

test("a second process that writes to the file is noticed", async () => {
  const log = newLog();
  const sink = await FileSink.open(log);
  await appendFile(log.path, "a line of another process\n");
  const write = () => sink.write(['{"event":"test"}']).catch((error: Error) => error.message);
  const message = `another process writes to ${log.path}; give each process its own file, and restart`;
  expect([await write(), await write()]).toEqual([message, message]);
  await sink.close();
});
