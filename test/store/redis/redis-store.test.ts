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

  /** Opens the store like another process, with a connection of its own. */
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

  test("Two processes share sessions, and one at a time holds the lease.", async () => {
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

  test("A killed server loses no acknowledged write; the store reports it as unavailable and recovers.", async () => {
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
        message: "Conversations cannot be saved right now. Please try again shortly.",
        detail: expect.stringMatching(/^redis:\/\/127\.0\.0\.1:\d+\/3: cannot connect or authenticate/),
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

  test("A write to a silent server times out and can be repeated.", async () => {
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

  test("A full or read-only server is a retryable error, and the store recovers.", async () => {
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

  test("Unused sessions expire, but not while an approval is pending.", async () => {
    const store = await openEmpty();
    await store.create(createSession("a"));
    await store.create(createSession("b"));
    await store.write(A, { at: formatTime(1), messages: [createUserMessage("1")] });
    const waiting = createWaitingTurn(new Date(NOW + 3 * RETENTION_MS).toISOString());
    await store.write("b" as SessionId, {
      at: formatTime(2),
      messages: [createUserMessage("1")],
      turn: waiting,
    });
    const lifetimeMinutes = async (key: string) =>
      Math.round(Number(await server.send("PTTL", `specchat:${key}`)) / 60_000);
    const keys = ["session:a", "messages:a", "session:b", "messages:b", `owner:${owner}`];
    expect(await Promise.all(keys.map(lifetimeMinutes))).toEqual([60, 60, 180, 180, 180]);
    await store.write("b" as SessionId, { at: formatTime(3), turn: null });
    expect(await lifetimeMinutes("messages:b")).toBe(60);
    // The same state as after an expiry.
    await server.send("DEL", "specchat:session:a", "specchat:messages:a");
    expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual(["b"]);
    expect(await server.send("ZCARD", `specchat:owner:${owner}`)).toBe(1);
    expect(await store.expire(formatTime(0))).toBe(0);
    expect(await server.send("ZCARD", "specchat:ids")).toBe(1);
    await store.close();
  });

  test("Damage to one session does not affect other sessions.", async () => {
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
