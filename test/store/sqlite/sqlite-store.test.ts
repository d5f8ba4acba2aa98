import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionId } from "../../../src/chat/types.ts";
import { openSqliteFile } from "../../../src/store/sqlite/file.ts";
import { SCHEMA_VERSION } from "../../../src/store/sqlite/schema.ts";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { testSameAsMemory } from "../same-as-memory.ts";
import {
  collectRejections,
  createSession,
  createToolCallMessages,
  createUserMessage,
  formatTime,
  NOW,
} from "../sample.ts";
import { describeStore } from "../suite.ts";
import { describeUsage } from "../usage-suite.ts";

const root = await mkdtemp(join(tmpdir(), "specchat-sqlite-"));
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
function newFolder(): string {
  folders += 1;
  return join(root, `${folders}`, "data");
}

const now = () => NOW;
const open = (folder = newFolder()) => openSqliteStore({ folder, now });
const fileIn = (folder: string) => join(folder, "conversations.sqlite");
const A = "a" as SessionId;
const prlimit = Bun.which("prlimit");

describeStore("SQLite", async () => open());
testSameAsMemory("SQLite", async () => open(), 60);
describeUsage("SQLite", async () => {
  const { usage } = open();
  return [usage, usage];
});

test("Usage counters of SQLite survive a restart, and those of past months are deleted.", async () => {
  const folder = newFolder();
  let time = Date.UTC(2026, 9, 31);
  const openAt = () => openSqliteStore({ folder, now: () => time });
  const october = { period: "2026-10", subject: "server" };
  const store = openAt();
  await store.usage.add([october], { tokens: 7, microUsd: 8 });
  await store.close();
  time = Date.UTC(2026, 10, 1);
  const again = openAt();
  expect(await again.usage.read([october])).toEqual([{ tokens: 7, microUsd: 8 }]);
  await again.close();
  time = Date.UTC(2026, 11, 15);
  const later = openAt();
  await later.usage.add([{ period: "2026-12", subject: "server" }], { tokens: 1, microUsd: 1 });
  expect(await later.usage.read([october])).toEqual([{ tokens: 0, microUsd: 0 }]);
  await later.close();
});

/** Returns the error with which opening fails. */
function openError(folder: string): string {
  try {
    open(folder);
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
  }
  return "opened";
}

/** Starts the process that writes until it is killed, through another command. */
function startWriting(through: readonly string[], folder: string) {
  const program = join(import.meta.dir, "writing-process.ts");
  return Bun.spawn([...through, process.execPath, program, folder], { stdout: "pipe", stderr: "inherit" });
}

/** Yields all complete lines so far after each chunk of output. */
async function* linesOf({ stdout }: ReturnType<typeof startWriting>): AsyncGenerator<readonly string[]> {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    yield text.split("\n").slice(0, -1);
  }
}

/** Expects that every acknowledged message is stored, and that each change is complete. */
async function expectStored(folder: string, acknowledged: readonly string[]): Promise<void> {
  const store = open(folder);
  const stored = await store.read(A);
  const ids = stored?.messages.map(({ id }) => id as string) ?? [];
  // The last message may have been written without being acknowledged.
  expect(ids.slice(0, acknowledged.length)).toEqual([...acknowledged]);
  expect(ids.length - acknowledged.length).toBeLessThanOrEqual(1);
  expect(stored?.session.seq).toBe(ids.length);
  await store.close();
}

describe("The file of the SQLite store", () => {
  test("survives a process that is killed while it writes.", async () => {
    const folder = newFolder();
    const child = startWriting([], folder);
    let printed: readonly string[] = [];
    for await (const lines of linesOf(child)) {
      printed = lines;
      if (printed.length > 300) child.kill("SIGKILL");
    }
    await expectStored(folder, printed);
  });

  test.skipIf(prlimit === null)(
    "rejects writes when it is full, and accepts them when space is free again.",
    async () => {
      const folder = newFolder();
      // The limit of a file in blocks of 512 bytes. The signal at the limit is ignored, so that writes fail instead.
      const child = startWriting(["sh", "-c", 'trap "" XFSZ; ulimit -S -f 2000; exec "$@"', "sh"], folder);
      let printed: readonly string[] = [];
      let isUnlimited = false;
      let refusedAt = Number.POSITIVE_INFINITY;
      for await (const lines of linesOf(child)) {
        printed = lines;
        if (!isUnlimited && printed.filter((line) => line.startsWith("refused")).length > 5) {
          isUnlimited = true;
          refusedAt = printed.length;
          Bun.spawnSync([prlimit ?? "", "--pid", `${child.pid}`, "--fsize=unlimited:"]);
        }
        if (printed.length > refusedAt + 100) child.kill("SIGKILL");
      }
      const refused = printed.filter((line) => line.startsWith("refused"));
      expect([...new Set(refused)]).toEqual(["refused store_unavailable"]);
      await expectStored(
        folder,
        printed.filter((line) => !line.startsWith("refused")),
      );
    },
  );

  test.each([
    ["normal", 1],
    ["full", 2],
  ] as const)("is written with synchronous=%s as the setting says.", (synchronous, level) => {
    const file = openSqliteFile({ folder: newFolder(), shared: false, synchronous });
    const { database } = file.connect();
    expect(database.query("PRAGMA synchronous").get()).toEqual({ synchronous: level });
    database.close();
    file.unlock();
  });

  test("is accessible to this user only, and so is its folder.", async () => {
    const folder = newFolder();
    const store = open(folder);
    await store.create(createSession("a"));
    const modes = await Promise.all(
      [".", ...(await readdir(folder)).filter((name) => name.startsWith("conversations"))].map(
        async (name) => [name, ((await stat(join(folder, name))).mode & 0o777).toString(8)] as const,
      ),
    );
    expect(Object.fromEntries(modes)).toEqual({
      ".": "700",
      "conversations.sqlite": "600",
      "conversations.sqlite-shm": "600",
      "conversations.sqlite-wal": "600",
    });
    await store.close();
  });

  test("belongs to one process at a time; another may read it.", async () => {
    const folder = newFolder();
    const store = open(folder);
    await store.create(createSession("a"));
    expect(openError(folder)).toBe(
      `StartError: Another specchat process uses ${folder}. Stop it, or set another folder with --data-dir.`,
    );
    const reader = openSqliteStore({ folder, now, shared: true });
    await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
    expect((await reader.read(A))?.messages).toEqual([createUserMessage("1")]);
    await reader.close();
    expect(openError(folder)).toContain("Another specchat process uses");
    await store.close();
    expect(openError(folder)).toBe("opened");
  });

  test("is migrated from the first version with all of its contents.", async () => {
    const folder = newFolder();
    const before = open(folder);
    await before.create(createSession("a"));
    await before.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
    await before.close();
    const database = new Database(fileIn(folder));
    database.run("ALTER TABLE sessions DROP COLUMN label");
    database.run("ALTER TABLE sessions DROP COLUMN feedback");
    database.run("ALTER TABLE sessions DROP COLUMN created_by");
    database.run("DROP TABLE usage");
    database.run("PRAGMA user_version = 1");
    database.close();
    const store = open(folder);
    expect(await store.read(A)).toEqual({
      session: { ...createSession("a"), updatedAt: formatTime(1) },
      messages: [createUserMessage("1")],
      skipped: 0,
    });
    const labelled = createSession("b", { label: "a label of a protocol" });
    await store.create(labelled);
    expect((await store.read(labelled.id))?.session).toEqual(labelled);
    await store.close();
  });

  test("keeps its messages when their table gets row ids.", async () => {
    const folder = newFolder();
    const messages = [createUserMessage("1", "x".repeat(5000)), ...createToolCallMessages("2")];
    const before = open(folder);
    for (const id of ["a", "b"]) {
      await before.create(createSession(id));
      await before.write(id as SessionId, { at: formatTime(1), messages });
    }
    await before.close();
    const database = new Database(fileIn(folder));
    database.run(`CREATE TABLE old (session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      position INTEGER NOT NULL, said TEXT, json TEXT NOT NULL, PRIMARY KEY (session, position)) STRICT, WITHOUT ROWID`);
    database.run("INSERT INTO old SELECT session, position, said, json FROM messages");
    database.run("DROP TABLE messages");
    database.run("ALTER TABLE old RENAME TO messages");
    database.run(`PRAGMA user_version = ${SCHEMA_VERSION - 1}`);
    database.close();
    const store = open(folder);
    for (const id of ["a", "b"]) expect((await store.read(id as SessionId))?.messages).toEqual(messages);
    await store.delete(A);
    const after = new Database(fileIn(folder), { readonly: true });
    expect(after.query("SELECT session, count(rowid) AS count FROM messages").all()).toEqual([
      { session: 2, count: messages.length },
    ]);
    after.close();
    await store.close();
  });

  test("is searched and cleaned up in slices, while other work runs.", async () => {
    const store = open(newFolder());
    const { owner } = createSession("x");
    for (let index = 0; index < 130; index++) {
      const id = `s${index}` as SessionId;
      await store.create(createSession(id));
      const text = index % 60 === 0 ? "A needle." : "Hay.";
      await store.write(id, { at: formatTime(index), messages: [createUserMessage("1", text)] });
    }
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    });
    const search = async (limit: number) =>
      (await store.list(owner, { limit, search: "NEEDLE" })).map(({ id }) => id as string);
    expect([await search(9), await search(2)]).toEqual([
      ["s120", "s60", "s0"],
      ["s120", "s60"],
    ]);
    expect(await store.list(owner, { limit: 9, search: "straw" })).toEqual([]);
    expect(await store.expire(formatTime(125))).toBe(125);
    expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual([
      "s129",
      "s128",
      "s127",
      "s126",
      "s125",
    ]);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
    await store.close();
  });

  test("is rejected unchanged when a newer version wrote it.", async () => {
    const folder = newFolder();
    await open(folder).close();
    const database = new Database(fileIn(folder));
    database.run(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    database.close();
    expect(openError(folder)).toBe(
      `StartError: ${fileIn(folder)} was written by a newer specchat (schema ${SCHEMA_VERSION + 1}; this version supports ${SCHEMA_VERSION}). Use the newer version, or set another folder with --data-dir.`,
    );
    // The folder was unlocked again.
    expect(openError(folder)).toContain("was written by a newer specchat");
  });

  test("is named in the error when it is not a database or cannot be created.", async () => {
    const folder = newFolder();
    await mkdir(folder, { recursive: true });
    await writeFile(fileIn(folder), "Dear diary, ".repeat(100));
    expect(openError(folder)).toBe(
      `StartError: ${fileIn(folder)} is not a specchat database, or it is damaged: file is not a database. Move it or restore a backup, then start again.`,
    );
    const blockingFile = join(root, "file");
    await writeFile(blockingFile, "");
    expect(openError(join(blockingFile, "data"))).toStartWith(
      `StartError: Cannot store conversations in ${blockingFile}/data: ENOTDIR`,
    );
  });

  test("can be moved away and back without loss of acknowledged writes.", async () => {
    const folder = newFolder();
    const store = open(folder);
    await store.create(createSession("a"));
    await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
    await rename(folder, `${folder}-away`);
    for (const reason of await collectRejections(
      store.write(A, { at: formatTime(2), messages: [createUserMessage("2")] }),
      store.read(A),
      store.check(),
    ))
      expect(reason).toMatchObject({
        code: "store_unavailable",
        retryable: true,
        message: "Conversations cannot be saved right now. Please try again shortly.",
        detail: expect.stringContaining(fileIn(folder)),
      });
    await rename(`${folder}-away`, folder);
    await store.write(A, { at: formatTime(3), messages: [createUserMessage("3")] });
    expect((await store.read(A))?.messages).toEqual([createUserMessage("1"), createUserMessage("3")]);
    await store.close();
  });

  test("does not affect other sessions when one session is damaged.", async () => {
    const folder = newFolder();
    const store = open(folder);
    for (const id of ["a", "b", "c"]) {
      await store.create(createSession(id));
      await store.write(id as SessionId, {
        at: formatTime(1),
        messages: [createUserMessage("1"), ...createToolCallMessages("2")],
      });
    }
    const database = new Database(fileIn(folder));
    database.run("UPDATE sessions SET spent = '{' WHERE id = 'a'");
    database.run("UPDATE messages SET json = '{' WHERE session = 2 AND position = 1");
    database.close();
    for (const id of ["a", "b"])
      await expect(store.read(id as SessionId)).rejects.toMatchObject({
        code: "session_not_found",
        detail: expect.stringContaining(`stored data of session ${id} is unreadable`),
      });
    expect((await store.read("c" as SessionId))?.messages).toEqual([
      createUserMessage("1"),
      ...createToolCallMessages("2"),
    ]);
    const { owner } = createSession("a");
    expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual(["c", "b"]);
    await store.delete(A);
    expect(await store.read(A)).toBeUndefined();
    await store.close();
  });

  test("shrinks when it is compacted and keeps the remaining sessions.", async () => {
    const folder = newFolder();
    const store = open(folder);
    await store.create(createSession("a"));
    await store.create(createSession("b", { updatedAt: formatTime(9) }));
    await store.write(A, { at: formatTime(1), messages: [createUserMessage("1", "x".repeat(5_000_000))] });
    expect(await store.expire(formatTime(5))).toBe(1);
    await store.compact();
    expect((await stat(fileIn(folder))).size).toBeLessThan(100_000);
    expect(await store.read("b" as SessionId)).toEqual({
      session: createSession("b", { updatedAt: formatTime(9) }),
      messages: [],
      skipped: 0,
    });
    await store.close();
  });
});
