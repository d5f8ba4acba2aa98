import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionId } from "../../src/chat/types.ts";
import { exportSessions } from "../../src/commands/sessions/export.ts";
import { importSessions } from "../../src/commands/sessions/import.ts";
import type { NumberedLine } from "../../src/commands/sessions/streams.ts";
import { stringifyJson } from "../../src/json.ts";
import { createDynamoStore } from "../../src/store/dynamodb/dynamodb-store.ts";
import { DynamoTable } from "../../src/store/dynamodb/table.ts";
import { createMemoryStore } from "../../src/store/memory.ts";
import { connectRedis } from "../../src/store/redis/connection.ts";
import { createRedisStore } from "../../src/store/redis/redis-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { SessionStore } from "../../src/store/types.ts";
import { CREDENTIALS, type DynamoServer, startDynamo } from "../store/dynamodb/dynamodb-server.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import {
  createSession,
  createToolCallMessages,
  createUserMessage,
  createWaitingTurn,
  formatTime,
  NOW,
  readContents,
  usage,
} from "../store/sample.ts";
import { withoutProgress } from "../support/progress.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

const root = await mkdtemp(join(tmpdir(), "specchat-sessions-"));
let redis: RedisServer | undefined;
let dynamo: DynamoServer;
let count = 0;
const stop = new AbortController().signal;

beforeAll(async () => {
  redis = REDIS_SERVER === null ? undefined : await startRedis();
  dynamo = await startDynamo();
});
afterAll(async () => {
  await Promise.all([redis?.stop(), dynamo.stop()]);
  await rm(root, { recursive: true });
});

/** Creates an empty store of each kind. */
const stores: Readonly<Record<string, () => Promise<SessionStore>>> = {
  memory: async () => createMemoryStore({ maxSessions: 99, sessionTimeoutMs: 1e12, now: () => NOW }),
  sqlite: async () => openSqliteStore({ folder: newFolder(), now: () => NOW }),
  ...(REDIS_SERVER !== null && {
    redis: async () => {
      await redis?.send("FLUSHDB");
      const connection = connectRedis(redis?.address ?? "");
      return createRedisStore({ connection, retentionMs: 1e9, now: () => NOW });
    },
  }),
  dynamodb: async () => {
    count += 1;
    const name = `table-${count}`;
    await dynamo.createTable(name);
    const table = new DynamoTable({
      name,
      region: "us-east-1",
      endpoint: dynamo.endpoint,
      credentials: CREDENTIALS,
    });
    return createDynamoStore({ table, retentionMs: 1e9, now: () => NOW });
  },
};

function newFolder(): string {
  count += 1;
  return join(root, `${count}`);
}

async function fill(store: SessionStore): Promise<void> {
  const waitingTurn = createWaitingTurn(new Date(NOW + 1000).toISOString());
  await store.create(
    createSession("a", {
      title: "Ä\n\u{1F600}",
      model: "m",
      allowed: ["x"],
      seq: 2 ** 40,
      turn: waitingTurn,
    }),
  );
  await store.create(createSession("b", { updatedAt: formatTime(7), spent: [{ model: "m", usage }] }));
  await store.create(createSession("empty"));
  const many = Array.from({ length: 450 }, (_, index) => createUserMessage(`${index}`));
  await store.write("b" as SessionId, {
    at: formatTime(8),
    messages: [...many, ...createToolCallMessages("c", "line\nbreak")],
  });
  await store.summarize("b" as SessionId, { through: 400, text: "notes", at: formatTime(9) });
}

/** Returns the text of an export. */
async function exportToText(store: SessionStore): Promise<string> {
  const texts: string[] = [];
  const output = {
    write: async (text: string) => texts.push(text) > 0,
    end: async () => undefined,
    discard: async () => undefined,
  };
  expect(await exportSessions(store, output, () => undefined, stop)).toEqual([]);
  return texts.join("");
}

async function* linesOf(text: string): AsyncGenerator<NumberedLine> {
  for (const [index, line] of text.split("\n").entries())
    if (line !== "") yield { number: index + 1, text: line };
}

describe("an export", () => {
  for (const from of Object.keys(stores))
    for (const to of Object.keys(stores))
      test(`of ${from} is imported into ${to} unchanged`, async () => {
        const source = await stores[from]?.();
        if (!source) throw new Error(`no ${from}`);
        await fill(source);
        const text = await exportToText(source);
        const before = await readContents(source);
        await source.close();
        const target = await stores[to]?.();
        if (!target) throw new Error(`no ${to}`);
        const read = () => importSessions(target, linesOf(text), () => undefined, stop);
        expect(await read()).toEqual({ added: 3, existing: 0, errors: [] });
        expect(await readContents(target)).toEqual(before);
        expect(await read()).toEqual({ added: 0, existing: 3, errors: [] });
        expect(await readContents(target)).toEqual(before);
        await target.close();
      });
});

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in an empty folder with an empty home. */
async function specchat(argv: readonly string[], stdin = ""): Promise<Run> {
  const child = Bun.spawn([...SPECCHAT, "sessions", ...argv], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: root,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
    stdin: new Blob([stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err: withoutProgress(err) };
}

/** Creates a folder with three sessions in a SQLite file. */
async function createFilledFolder(): Promise<string> {
  const folder = newFolder();
  const store = openSqliteStore({ folder, now: () => NOW });
  await fill(store);
  await store.close();
  return folder;
}

async function contentsOf(folder: string) {
  const store = openSqliteStore({ folder, now: () => NOW });
  const found = await readContents(store);
  await store.close();
  return found;
}

describe("specchat sessions", () => {
  test("exports a file that only this user can read, and imports it elsewhere", async () => {
    const [from, to] = [await createFilledFolder(), newFolder()];
    const file = join(root, "backup.jsonl");
    expect(await specchat(["export", file, "--data-dir", from])).toEqual({
      code: 0,
      out: "",
      err: "3 sessions exported.\n",
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, "utf8")).split("\n")[0]).toBe('{"format":"specchat sessions","version":1}');
    expect(await specchat(["import", file, "--data-dir", to])).toEqual({
      code: 0,
      out: "",
      err: "3 sessions imported.\n",
    });
    expect(await specchat(["import", file, "--data-dir", to])).toMatchObject({
      code: 0,
      err: "0 sessions imported. 3 sessions skipped: already in the store.\n",
    });
    expect(await contentsOf(to)).toEqual(await contentsOf(from));
  });

  test("exports through a pipe while a server is running", async () => {
    const [from, to] = [await createFilledFolder(), newFolder()];
    const before = await contentsOf(from);
    const running = openSqliteStore({ folder: from, now: () => NOW });
    const { code, out } = await specchat(["export", "--data-dir", from]);
    expect(code).toBe(0);
    expect(await specchat(["import", "-", "--data-dir", from], out)).toEqual({
      code: 1,
      out: "",
      err: `Another specchat process uses ${from}. Stop it, or set another folder with --data-dir.\n`,
    });
    await running.close();
    expect((await specchat(["import", "--data-dir", to], out)).code).toBe(0);
    expect(await contentsOf(to)).toEqual(before);
  });

  test("reports the lines that it cannot read, and imports the others", async () => {
    const sessionLine = (id: string, messageCount: number) =>
      stringifyJson({ session: createSession(id), messageCount });
    const messageLine = (id: string) => stringifyJson({ message: createUserMessage(id) });
    const lines = [
      '{"format":"specchat sessions","version":1}',
      sessionLine("a", 1),
      messageLine("1"),
      "{",
      sessionLine("b", 2),
      messageLine("1"),
      '{"message":{}}',
      messageLine("2"),
      "",
      sessionLine("c", 0),
      sessionLine("d", 2),
      messageLine("1"),
    ];
    const folder = newFolder();
    const { code, err } = await specchat(["import", "--data-dir", folder], lines.join("\n"));
    expect([code, ...err.trim().split("\n")]).toEqual([
      1,
      "line 4: invalid JSON",
      "line 5: session skipped, only 1 of its 2 messages can be read",
      expect.stringMatching(/^line 7: neither a session nor a message: /),
      "line 11: session skipped, only 1 of its 2 messages can be read",
      "2 sessions imported.",
    ]);
    expect([...(await contentsOf(folder)).keys()]).toEqual(["a", "c"]);
  });

  test("refuses other files and exports of a newer version", async () => {
    const run = (stdin: string) => specchat(["import", "--data-dir", newFolder()], stdin);
    const refusal = {
      code: 1,
      out: "",
      err: "Not a specchat export: the first line must name the format.\n",
    };
    expect(await run("")).toEqual(refusal);
    expect(await run('{"openapi":"3.1.0"}\n')).toEqual(refusal);
    expect((await run('{"format":"specchat sessions","version":2}\n')).err).toBe(
      "The export has format version 2, this specchat reads up to version 1. Use a newer specchat.\n",
    );
    const missing = join(root, "missing.jsonl");
    expect((await specchat(["import", missing, "--data-dir", newFolder()])).err).toBe(
      `File not found: ${missing}\n`,
    );
  });

  test("skips and reports sessions that cannot be read", async () => {
    const folder = await createFilledFolder();
    const { Database } = await import("bun:sqlite");
    const database = new Database(join(folder, "conversations.sqlite"));
    database.run("UPDATE sessions SET spent = '{' WHERE id = 'b'");
    database.close();
    const { code, out, err } = await specchat(["export", "--data-dir", folder]);
    expect([code, out.split("\n").length]).toEqual([1, 4]);
    expect(err).toMatch(/^Skipped: stored data of session b is unreadable: .*\n2 sessions exported\.\n$/);
  });

  test("vacuum deletes sessions after their retention, and shrinks the file", async () => {
    const folder = newFolder();
    const store = openSqliteStore({ folder, now: () => NOW });
    await store.create(createSession("old", { updatedAt: "2020-01-01T00:00:00.000Z" }));
    const at = "2020-01-02T00:00:00.000Z";
    await store.write("old" as SessionId, { at, messages: [createUserMessage("1", "x".repeat(3_000_000))] });
    await store.create(createSession("new", { updatedAt: new Date().toISOString() }));
    await store.close();
    expect(await specchat(["vacuum", "--data-dir", folder])).toEqual({
      code: 0,
      out: "",
      err: "1 session deleted: unused for 720 hours.\n",
    });
    expect([...(await contentsOf(folder)).keys()]).toEqual(["new"]);
    expect((await stat(join(folder, "conversations.sqlite"))).size).toBeLessThan(100_000);
  });

  test("reports an unwritable file and an unreachable store in one line", async () => {
    const folder = await createFilledFolder();
    const file = join(root, "file");
    await writeFile(file, "");
    const unwritable = await specchat(["export", join(file, "x"), "--data-dir", folder]);
    expect([unwritable.code, unwritable.err]).toEqual([
      1,
      expect.stringMatching(/^\S+\/file\/x cannot be written: ENOTDIR.*\n$/),
    ]);
    const gone = await specchat(["export", "--store", "redis://:secret@127.0.0.1:1/0"]);
    expect([gone.code, gone.err]).toEqual([
      1,
      "Session store unavailable: redis://127.0.0.1:1/0: cannot connect or authenticate: Connection closed\n",
    ]);
    expect((await specchat(["vacuum", "--store", "memory"])).err).toBe(
      "--store memory stores no sessions for this command. Set --store to sqlite, redis:// or dynamodb://.\n",
    );
    const table = `dynamodb://nothing?region=eu-west-1&endpoint=${encodeURIComponent(dynamo.endpoint)}`;
    expect((await specchat(["export", "--store", table])).err).toStartWith(
      "There is no DynamoDB table nothing in eu-west-1. Create it with\n\naws dynamodb create-table --region eu-west-1",
    );
  });

  test("works on DynamoDB", async () => {
    await dynamo.createTable("front-door");
    const store = `dynamodb://front-door?region=us-east-1&endpoint=${encodeURIComponent(dynamo.endpoint)}`;
    const { out } = await specchat(["export", "--data-dir", await createFilledFolder()]);
    expect((await specchat(["import", "--store", store], out)).err).toBe("3 sessions imported.\n");
    const back = await specchat(["export", "--store", store]);
    expect([back.code, back.out.split("\n").toSorted()]).toEqual([0, out.split("\n").toSorted()]);
  });

  test.skipIf(REDIS_SERVER === null)("works on Redis", async () => {
    await redis?.send("FLUSHDB");
    const store = redis?.address ?? "";
    const { out } = await specchat(["export", "--data-dir", await createFilledFolder()]);
    expect((await specchat(["import", "--store", store], out)).err).toBe("3 sessions imported.\n");
    const back = await specchat(["export", "--store", store]);
    expect([back.code, back.out]).toEqual([0, out]);
  });

  test("refuses an unknown action and lists the actions", async () => {
    expect(await specchat(["backup"])).toEqual({
      code: 2,
      out: "",
      err: 'invalid argument backup for "specchat sessions"; expected <export|import|vacuum>\n`specchat --help` lists the flags and settings.\n',
    });
    expect((await specchat([])).err).toStartWith('"specchat sessions" needs <export|import|vacuum>\n');
  });
});
