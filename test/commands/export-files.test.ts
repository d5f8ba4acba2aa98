/** Files that `sessions export` writes: plain files, links, pipes and devices. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { SessionId } from "../../src/chat/types.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { createSession, createUserMessage, formatTime } from "../store/sample.ts";
import { SPECCHAT_IN_SHELL } from "../support/specchat-command.ts";

let store: string;
let folder: string;
let expected: string;

beforeAll(async () => {
  store = await mkdtemp(`${tmpdir()}/specchat-export-store-`);
  const opened = openSqliteStore({ folder: store, now: Date.now });
  await opened.create(createSession("a"));
  const messages = Array.from({ length: 500 }, (_, index) =>
    createUserMessage(`${index}`, "A message of some length. ".repeat(20)),
  );
  await opened.write("a" as SessionId, { at: formatTime(1), messages });
  await opened.close();
  folder = store;
  expected = (await shell("specchat sessions export -")).out;
});

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-export-`);
});

afterAll(async () => {
  await rm(store, { recursive: true });
});

/** Runs a shell script in `folder`. `specchat` is the command, with the store of the tests. */
async function shell(script: string) {
  const child = Bun.spawn(
    ["bash", "-c", `specchat() { ${SPECCHAT_IN_SHELL} "$@" --data-dir "$STORE"; }\n${script}`],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: store, STORE: store },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

const EXPORTED = { code: 0, out: "", err: "1 session exported.\n" };
const read = (file: string) => readFile(`${folder}/${file}`, "utf8");

describe("`sessions export` writes", () => {
  test.each([
    ["a link", "link.jsonl", "real.jsonl"],
    ["a link to a link", "chain.jsonl", "link.jsonl"],
    ["a link into another folder", "away.jsonl", "elsewhere/real.jsonl"],
    ["a link whose file does not exist yet", "new.jsonl", "missing.jsonl"],
  ])("the file behind %s, and the link stays", async (_, name, target) => {
    await mkdir(`${folder}/elsewhere`);
    await writeFile(`${folder}/real.jsonl`, "old");
    await symlink("real.jsonl", `${folder}/link.jsonl`);
    if (name !== "link.jsonl") await symlink(target, `${folder}/${name}`);
    expect(await shell(`specchat sessions export ${name}`)).toEqual(EXPORTED);
    expect(await readlink(`${folder}/${name}`)).toBe(target);
    expect(await read(target)).toBe(expected);
    expect((await readdir(folder)).filter((file) => file.endsWith(".part"))).toEqual([]);
  });

  test("a file in a folder behind a link", async () => {
    await mkdir(`${folder}/release`);
    await symlink("release", `${folder}/current`);
    expect(await shell("specchat sessions export current/all.jsonl")).toEqual(EXPORTED);
    expect(await read("release/all.jsonl")).toBe(expected);
  });

  test.each(["pipe", "link-to-pipe"])("a named pipe to its reader (%s), and the pipe stays", async (name) => {
    const { code, out } = await shell(
      `mkfifo pipe; ln -s pipe link-to-pipe; (sleep 0.3; cat pipe) & specchat sessions export ${name}; echo "exit $?" >&2; wait; test -p pipe`,
    );
    expect([code, out]).toEqual([0, expected]);
  });

  test("as much as the reader of a named pipe takes", async () => {
    const { out, err } = await shell(
      `mkfifo pipe; (head -c 20 pipe) & specchat sessions export pipe; echo "exit $?"; wait`,
    );
    expect(out).toContain("exit 0\n");
    expect(err).not.toMatch(/Unexpected|EPIPE/);
  });

  test.each(["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])(
    "%s as it is, behind what is there",
    async (name) => {
      expect(await shell(`specchat sessions export ${name} | cat`)).toMatchObject({ out: expected });
      await writeFile(`${folder}/all.jsonl`, "first\n");
      expect(await shell(`specchat sessions export ${name} >> all.jsonl`)).toEqual(EXPORTED);
      expect(await read("all.jsonl")).toBe(`first\n${expected}`);
    },
  );

  test("/dev/null", async () => {
    expect(await shell("specchat sessions export /dev/null; test -c /dev/null")).toEqual(EXPORTED);
  });
});

describe("`sessions export` refuses", () => {
  test("a full device, a folder, a ring of links and a missing folder, in one line each", async () => {
    const { out, err } = await shell(
      `mkdir folder; ln -s ring2 ring1; ln -s ring1 ring2
       for file in /dev/full folder ring1 nowhere/all.jsonl; do specchat sessions export $file; echo "exit $?"; done`,
    );
    expect(out).toBe("exit 1\n".repeat(4));
    const lines = err.trimEnd().split("\n");
    expect(lines).toEqual([
      expect.stringMatching(/^\/dev\/full cannot be written: ENOSPC/),
      expect.stringMatching(/^folder cannot be written: .*directory/i),
      expect.stringMatching(/^ring1 cannot be written: /),
      expect.stringMatching(/^nowhere\/all\.jsonl cannot be written: ENOENT/),
    ]);
  });

  test("to leave half a file behind when the disk is full", async () => {
    await writeFile(`${folder}/all.jsonl`, "old");
    // The limit of file sizes stands for a full disk.
    const { code, err } = await shell("trap '' XFSZ; ulimit -f 64; specchat sessions export all.jsonl");
    expect([code, err]).toEqual([1, expect.stringMatching(/^all\.jsonl cannot be written: EFBIG.*\n$/)]);
    expect([await read("all.jsonl"), await readdir(folder)]).toEqual(["old", ["all.jsonl"]]);
  });
});
