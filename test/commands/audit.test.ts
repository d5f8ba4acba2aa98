/** `specchat audit`: the last entries of a log, those that are added, and what `verify` notices. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileSink } from "../../src/access/audit/sinks.ts";
import { commands } from "../../src/commands/index.ts";
import { loadConfig } from "../../src/config/load.ts";
import { testPorts } from "../support/harness.ts";

let folder: string;
let path: string;
let count: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "audit-command-"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  path = join(folder, crypto.randomUUID(), "audit.jsonl");
  count = 0;
});

let sink: FileSink | undefined;
afterEach(async () => {
  await sink?.close();
  sink = undefined;
});

/** Opens the log as a server does. */
async function openLog(options: { key?: string; maxSize?: number } = {}): Promise<void> {
  const { key, maxSize = 100_000_000 } = options;
  const headPath = join(folder, "head.json");
  await rm(headPath, { force: true });
  sink = await FileSink.open({ path, headPath, key, maxSize, now: () => new Date("2026-11-29T10:00:00Z") });
}

/** Writes entries, each with its number. */
async function write(entries: number): Promise<void> {
  const lines = Array.from({ length: entries }, () =>
    JSON.stringify({ at: "2026-11-29T10:00:00.000Z", event: "turn_started", number: ++count }),
  );
  for (const line of lines) await sink?.write([line]);
}

interface Run {
  readonly code: number;
  readonly out: string;
}

/** Runs the command. `print` receives what it prints. */
async function run(
  argv: readonly string[],
  stop = new AbortController().signal,
  print = (_text: string) => {},
) {
  let out = "";
  const loaded = loadConfig({
    argv: ["audit", ...argv, "--data-dir", join(folder, "none")],
    environment: {},
    readFile: () => undefined,
    commands: { audit: commands.audit.spec },
  });
  const write = (text: string) => {
    out += text;
    print(text);
  };
  const code = await commands.audit.run({
    loaded,
    terminal: { out: write, err: write, flush: async () => {} },
    ports: { ...testPorts(), sleep: () => Bun.sleep(5) },
    useDemoModel: false,
    onReload: () => {},
    stop,
  });
  return { code, out } satisfies Run;
}

const numbersIn = (text: string) => [...text.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number));
const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("tail", () => {
  test("prints the last 20 entries, also when they are in two files.", async () => {
    await openLog();
    await write(30);
    expect(numbersIn((await run(["tail", path])).out)).toEqual(upTo(30, 11));
    await sink?.close();
    await rename(path, `${path}.2026-11-29.1`);
    await openLog();
    await write(5);
    expect(numbersIn((await run(["tail", path])).out).slice(-15)).toEqual(upTo(35, 21));
  });

  test("--follow prints what is added, once, also in the next files, until it is stopped.", async () => {
    await openLog({ maxSize: 1500 });
    await write(3);
    const stop = new AbortController();
    const printed = { text: "", waits: [] as (() => void)[] };
    const running = run(["tail", path, "--follow"], stop.signal, (text) => {
      printed.text += text;
      for (const check of printed.waits) check();
    });
    const waitFor = (number: number) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (numbersIn(printed.text).includes(number)) resolve();
        };
        printed.waits.push(check);
        check();
      });
    await waitFor(3);
    await write(40);
    await waitFor(43);
    await write(1);
    await waitFor(44);
    stop.abort();
    expect((await running).code).toBe(0);
    expect(numbersIn(printed.text)).toEqual(upTo(44));
  });

  test("names a file that is missing.", async () => {
    await expect(run(["tail", path])).rejects.toThrow(`File not found: ${path}`);
    await expect(run(["tail"])).rejects.toThrow("No audit log: set --audit-log, or name a file.");
    await expect(run(["verify", path, "--follow"])).rejects.toThrow("--follow is for specchat audit tail.");
  });
});

describe("verify", () => {
  const edits: readonly (readonly [string, (lines: string[]) => string[], RegExp])[] = [
    [
      "a changed line",
      (lines) => lines.with(2, lines[2]?.replace('"number":2', '"number":9') ?? ""),
      /line 3 was changed/,
    ],
    ["a removed line", (lines) => lines.toSpliced(2, 1), /1 line is missing before line 4/],
    [
      "lines in another order",
      ([a = "", b = "", c = "", ...rest]) => [a, c, b, ...rest],
      /missing before line 3/,
    ],
    [
      "a line of somebody else",
      (lines) => lines.toSpliced(2, 0, '{"event":"made up"}'),
      /is not one of the log/,
    ],
  ];

  test.each(edits)("exits with 1 and names %s.", async (_name, edit, problem) => {
    await openLog();
    await write(5);
    expect((await run(["verify", "--audit-log", path])).code).toBe(0);
    const lines = (await Bun.file(path).text()).trimEnd().split("\n");
    await Bun.write(path, `${edit(lines).join("\n")}\n`);
    const { code, out } = await run(["verify", "--audit-log", path]);
    expect(code).toBe(1);
    expect(out).toMatch(problem);
  });

  test("needs the key with which the lines were written.", async () => {
    await openLog({ key: "key-of-the-audit-log" });
    await write(3);
    const verify = (key: string) => run(["verify", path, "--audit-key", key]);
    expect((await verify("key-of-the-audit-log")).out).toContain("none is missing or changed");
    expect((await verify("another-key-of-a-log")).code).toBe(1);
  });
});
