import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionId } from "../../../src/chat/types.ts";
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

/** The message with which opening fails. */
function refusal(folder: string): string {
  try {
    open(folder);
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
  }
  return "opened";
}

/** The process that writes until it is killed, started through another command. */
function startWriting(through: readonly string[], folder: string) {
  const program = join(import.meta.dir, "writing-process.ts");
  return Bun.spawn([...through, process.execPath, program, folder], { stdout: "pipe", stderr: "inherit" });
}

/** All whole lines so far, whenever there are more of them, until it has ended. */
async function* linesOf({ stdout }: ReturnType<typeof startWriting>): AsyncGenerator<readonly string[]> {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    yield text.split("\n").slice(0, -1);
  }
}

/** Every message that was acknowledged, and each change whole. */
async function expectKept(folder: string, acknowledged: readonly string[]): Promise<void> {
  const store = open(folder);
  const stored = await store.read(A);
  const kept = stored?.messages.map(({ id }) => id as string) ?? [];
  // The last one may have been written without its word having got out.
  expect(kept.slice(0, acknowledged.length)).toEqual([...acknowledged]);
  expect(kept.length - acknowledged.length).toBeLessThanOrEqual(1);
  expect(stored?.session.seq).toBe(kept.length);
  await store.close();
}

describe("the SQLite store's file", () => {
  test("is there again after its process was killed in the middle of writing", async () => {
    const folder = newFolder();
    const child = startWriting([], folder);
    let told: readonly string[] = [];
    for await (const lines of linesOf(child)) {
      told = lines;
      if (told.length > 300) child.kill("SIGKILL");
    }
    await expectKept(folder, told);
  });

  test.skipIf(prlimit === null)(
    "takes no more when it is full, and goes on when there is room again",
    async () => {
      const folder = newFolder();
      // A file's greatest size in blocks of 512 bytes; the system says so with a signal, unless that is ignored.
      const child = startWriting(["sh", "-c", 'trap "" XFSZ; ulimit -S -f 2000; exec "$@"', "sh"], folder);
      let told: readonly string[] = [];
      let isRoomy = false;
      let refusedAt = Number.POSITIVE_INFINITY;
      for await (const lines of linesOf(child)) {
        told = lines;
        if (!isRoomy && told.filter((line) => line.startsWith("refused")).length > 5) {
          isRoomy = true;
          refusedAt = told.length;
          Bun.spawnSync([prlimit ?? "", "--pid", `${child.pid}`, "--fsize=unlimited:"]);
        }
        if (told.length > refusedAt + 100) child.kill("SIGKILL");
      }
      const refused = told.filter((line) => line.startsWith("refused"));
      expect([...new Set(refused)]).toEqual(["refused store_unavailable"]);
      await expectKept(
        folder,
        told.filter((line) => !line.startsWith("refused")),
      );
    },
  );

  test("and its folder are for this user alone", async () => {
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

  test("belongs to one process at a time; another may read it", async () => {
    const folder = newFolder();
    const store = open(folder);
    await store.create(createSession("a"));
    expect(refusal(folder)).toBe(
      `StartError: Another specchat works in ${folder}. Stop it first, or give this one a folder of its own with --data-dir.`,
    );
    const reader = openSqliteStore({ folder, now, shared: true });
    await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
    expect((await reader.read(A))?.messages).toEqual([createUserMessage("1")]);
    await reader.close();
    expect(refusal(folder)).toContain("Another specchat works in");
    await store.close();
    expect(refusal(folder)).toBe("opened");
  });

  test("of the first version is brought up to date, with all that is in it", async () => {
    const folder = newFolder();
    const before = open(folder);
    await before.create(createSession("a"));
    await before.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
    await before.close();
    const database = new Database(fileIn(folder));
    database.run("ALTER TABLE sessions DROP COLUMN label");
    database.run("PRAGMA user_version = 1");
    database.close();
    const store = open(folder);
    expect(await store.read(A)).toEqual({
      session: { ...createSession("a"), updatedAt: formatTime(1) },
      messages: [createUserMessage("1")],
      skipped: 0,
    });
    const labelled = createSession("b", { label: "what its client calls it" });
    await store.create(labelled);
    expect((await store.read(labelled.id))?.session).toEqual(labelled);
    await store.close();
  });

  test("of a newer version is refused, whole and as it was", async () => {
    const folder = newFolder();
    await open(folder).close();
    const database = new Database(fileIn(folder));
    database.run(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    database.close();
    expect(refusal(folder)).toBe(
      `StartError: ${fileIn(folder)} was written by a newer specchat (schema ${SCHEMA_VERSION + 1}; this one knows ${SCHEMA_VERSION}). Start that version, or name another folder with --data-dir.`,
    );
    // The folder was not kept locked.
    expect(refusal(folder)).toContain("was written by a newer specchat");
  });

  test("that is no database, or no file, is named with what to do", async () => {
    const folder = newFolder();
    await mkdir(folder, { recursive: true });
    await writeFile(fileIn(folder), "Dear diary, ".repeat(100));
    expect(refusal(folder)).toBe(
      `StartError: ${fileIn(folder)} is no database of specchat, or it is damaged: file is not a database. Move it away, or put a backup in its place, and start again.`,
    );
    const inTheWay = join(root, "file");
    await writeFile(inTheWay, "");
    expect(refusal(join(inTheWay, "data"))).toStartWith(
      `StartError: Conversations cannot be kept in ${inTheWay}/data: ENOTDIR`,
    );
  });

  test("that is moved away costs nothing that was acknowledged, and the service returns with it", async () => {
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
        message: "Conversations cannot be kept at the moment. Please try again shortly.",
        detail: expect.stringContaining(fileIn(folder)),
      });
    await rename(`${folder}-away`, folder);
    await store.write(A, { at: formatTime(3), messages: [createUserMessage("3")] });
    expect((await store.read(A))?.messages).toEqual([createUserMessage("1"), createUserMessage("3")]);
    await store.close();
  });

  test("damage to one session costs that session alone", async () => {
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
        detail: expect.stringContaining(`what is stored of session ${id} cannot be read`),
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

  test("gives space back when it is compacted, and keeps the rest", async () => {
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
