import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RotatedFile, type RotatedFileOptions } from "../../src/app/rotated-file.ts";

let folder: string;
let path: string;
let now = 0;
const files: RotatedFile[] = [];
const problems: string[] = [];
const recovered: number[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "specchat-log-"));
  path = join(folder, "logs", "app.log");
  now = Date.now();
  problems.length = 0;
  recovered.length = 0;
});
afterEach(async () => {
  for (const file of files.splice(0)) await file.close();
  await rm(folder, { recursive: true, force: true });
});

function open(options: Partial<RotatedFileOptions> = {}): RotatedFile {
  const file = new RotatedFile({
    path,
    maxSize: 0,
    maxAgeMs: 0,
    keep: 2,
    now: () => now,
    onProblem: (problem) => problems.push(problem),
    onRecovered: (lines) => recovered.push(lines),
    ...options,
  });
  files.push(file);
  return file;
}

async function write(file: RotatedFile, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) file.write(`${line}\n`);
  await file.flush();
}

async function readAll(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(join(folder, "logs"))).toSorted();
  const texts = names.map((name) => readFile(join(folder, "logs", name), "utf8"));
  return Object.fromEntries((await Promise.all(texts)).map((text, index) => [names[index] ?? "", text]));
}

test("A file that is too large is renamed, and the oldest ones are deleted.", async () => {
  const file = open({ maxSize: 10 });
  for (const line of ["one 4567890", "two 4567890", "three 67890", "four 567890"]) await write(file, line);
  expect(await readAll()).toEqual({
    "app.log": "four 567890\n",
    "app.log.1": "three 67890\n",
    "app.log.2": "two 4567890\n",
  });
});

test("A file that is too old is renamed, also after a restart.", async () => {
  await write(open({ maxAgeMs: 1000 }), "one");
  const file = open({ maxAgeMs: 1000 });
  await write(file, "two");
  now += 2000;
  await write(file, "three");
  expect(await readAll()).toEqual({ "app.log": "three\n", "app.log.1": "one\ntwo\n" });
});

test("Another program may rename the file, and truncate it.", async () => {
  const file = open();
  await write(file, "one");
  await rename(path, `${path}.old`);
  await write(file, "two");
  file.reopen();
  await write(file, "three");
  await truncate(path);
  await write(file, "four");
  expect(await readAll()).toEqual({ "app.log": "four\n", "app.log.old": "one\ntwo\n" });
});

test("A folder that is gone loses lines, which are counted, and writing goes on when it is back.", async () => {
  await writeFile(join(folder, "logs"), "a file in place of the folder");
  const file = open();
  await write(file, "one", "two");
  await write(file, "three");
  await rm(join(folder, "logs"));
  await mkdir(join(folder, "logs"));
  await write(file, "four");
  expect(await readAll()).toEqual({ "app.log": "four\n" });
  expect([problems.length, recovered]).toEqual([1, [3]]);
});
