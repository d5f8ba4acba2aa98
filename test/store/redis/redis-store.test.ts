import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { SessionId } from "../../../src/chat/types.ts";
import { connectRedis } from "../../../src/store/redis/connection.ts";
import { createRedisStore } from "../../../src/store/redis/redis-store.ts";
import type { SessionStore } from "../../../src/store/types.ts";
import { testSameAsMemory } from "../same-as-memory.ts";
import {
  collectRejections,
  createSession,
  createToolCallMessages,
  createUserMessage,
  createWaitingTurn,
  formatTime,
  NOW,
} from "../sample.ts";
import { describeStore } from "../suite.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "./redis-server.ts";

const A = "a" as SessionId;
const RETENTION_MS = 3_600_000;
const { owner } = createSession("a");

describe.skipIf(REDIS_SERVER === null)("Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  /** As another process would open it: with a connection of its own. */
  function open(): SessionStore {
    return createRedisStore({
      connection: connectRedis(server.address),
      retentionMs: RETENTION_MS,
      now: () => NOW,
    });
  }

  async function openEmpty(): Promise<SessionStore> {
    await server.send("FLUSHDB");
    return open();
  }

  describeStore("Redis", openEmpty);
  testSameAsMemory("Redis", openEmpty, 40);

  test("two processes work on the same sessions, and one at a time may run them", async () => {
    const [one, two] = [await openEmpty(), open()];
    await one.create(createSession("a"));
    const lease = await one.acquire(A, "one", 60_000);
    await one.write(A, { at: formatTime(1), messages: [createUserMessage("1")] }, lease);
    expect(await two.acquire(A, "two", 60_000)).toBeUndefined();
    expect((await two.read(A))?.messages).toEqual([createUserMessage("1")]);
    if (lease) await one.release(lease);
    const taken = await two.acquire(A, "two", 60_000);
    await two.write(A, { at: formatTime(2), messages: [createUserMessage("2")] }, taken);
    await expect(
      one.write(A, { at: formatTime(3), messages: [createUserMessage("3")] }, lease),
    ).rejects.toMatchObject({
      code: "lease_lost",
    });
    expect((await one.read(A))?.messages).toEqual([createUserMessage("1"), createUserMessage("2")]);
    await Promise.all([one.close(), two.close()]);
  });

  test("a server that is killed loses nothing it acknowledged; the store says so, and returns with it", async () => {
    const store = await openEmpty();
    await store.create(createSession("a"));
    await store.write(A, {
      at: formatTime(1),
      messages: [createUserMessage("1"), ...createToolCallMessages("2")],
    });
    await server.kill();
    for (const reason of await collectRejections(
      store.write(A, { at: formatTime(2), messages: [createUserMessage("3")] }),
      store.read(A),
      store.check(),
    ))
      expect(reason).toMatchObject({
        code: "store_unavailable",
        retryable: true,
        message: "Conversations cannot be kept at the moment. Please try again shortly.",
        detail: expect.stringMatching(
          /^redis:\/\/127\.0\.0\.1:\d+\/3: it cannot be reached, or refuses the password/,
        ),
      });
    await server.start();
    await store.write(A, { at: formatTime(3), messages: [createUserMessage("4")] });
    expect((await store.read(A))?.messages).toEqual([
      createUserMessage("1"),
      ...createToolCallMessages("2"),
      createUserMessage("4"),
    ]);
    await store.close();
  });

  test("a server that is silent keeps nobody waiting for long, and what was sent to it can be sent again", async () => {
    const store = await openEmpty();
    await store.create(createSession("a"));
    server.freeze();
    const change = { at: formatTime(1), messages: [createUserMessage("1")] };
    await expect(store.write(A, change)).rejects.toMatchObject({ code: "store_unavailable" });
    server.thaw();
    await store.write(A, change);
    expect((await store.read(A))?.messages).toEqual([createUserMessage("1")]);
    await store.close();
  });

  test("a server that is full or may only be read is trouble that passes", async () => {
    const store = await openEmpty();
    await store.create(createSession("a"));
    await server.send("CONFIG", "SET", "maxmemory", "1");
    await expect(
      store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] }),
    ).rejects.toMatchObject({
      code: "store_unavailable",
      detail: expect.stringContaining("OOM"),
    });
    await server.send("CONFIG", "SET", "maxmemory", "0");
    await server.send("REPLICAOF", "127.0.0.1", "1");
    await expect(
      store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] }),
    ).rejects.toMatchObject({
      code: "store_unavailable",
      detail: expect.stringContaining("READONLY"),
    });
    await server.send("REPLICAOF", "NO", "ONE");
    await store.write(A, { at: formatTime(2), messages: [createUserMessage("2")] });
    expect((await store.read(A))?.messages).toEqual([createUserMessage("2")]);
    await store.close();
  });

  test("what nobody uses expires by itself, but not while a person is asked", async () => {
    const store = await openEmpty();
    await store.create(createSession("a"));
    await store.create(createSession("b"));
    await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
    const asked = createWaitingTurn(new Date(NOW + 3 * RETENTION_MS).toISOString());
    await store.write("b" as SessionId, {
      at: formatTime(2),
      messages: [createUserMessage("1")],
      turn: asked,
    });
    const lives = async (key: string) =>
      Math.round(Number(await server.send("PTTL", `specchat:${key}`)) / 60_000);
    const keys = ["session:a", "messages:a", "session:b", "messages:b", `owner:${owner}`];
    expect(await Promise.all(keys.map(lives))).toEqual([60, 60, 180, 180, 180]);
    await store.write("b" as SessionId, { at: formatTime(3), turn: null });
    expect(await lives("messages:b")).toBe(60);
    // Expired, as far as the server is concerned.
    await server.send("DEL", "specchat:session:a", "specchat:messages:a");
    expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual(["b"]);
    expect(await server.send("ZCARD", `specchat:owner:${owner}`)).toBe(1);
    expect(await store.expire(formatTime(0))).toBe(0);
    expect(await server.send("ZCARD", "specchat:ids")).toBe(1);
    await store.close();
  });

  test("damage to one session costs that session alone", async () => {
    const store = await openEmpty();
    for (const id of ["a", "b", "c"]) {
      await store.create(createSession(id));
      await store.write(id as SessionId, { at: formatTime(1), messages: [createUserMessage("1")] });
    }
    await server.send("HSET", "specchat:session:a", "spent", "{");
    await server.send("LSET", "specchat:messages:b", "0", "{");
    for (const id of ["a", "b"])
      await expect(store.read(id as SessionId)).rejects.toMatchObject({ code: "session_not_found" });
    expect((await store.read("c" as SessionId))?.messages).toEqual([createUserMessage("1")]);
    expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual(["c", "b"]);
    await store.close();
  });
});
