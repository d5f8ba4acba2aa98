import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Failover } from "../../../src/access/limits/failover.ts";
import { completeStores } from "../../../src/access/limits/shared-stores.ts";
import { connectRedis, type RedisConnection } from "../../../src/store/redis/connection.ts";
import { createRedisLimitStores } from "../../../src/store/redis/limit-stores.ts";
import { describeUsage } from "../usage-suite.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "./redis-server.ts";

describe.skipIf(REDIS_SERVER === null)("Redis", () => {
  let server: RedisServer;
  const connections: RedisConnection[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await server.stop();
  });

  /** Opens the counters as another process does. */
  function open() {
    const connection = connectRedis(server.address);
    connections.push(connection);
    return createRedisLimitStores(connection);
  }

  async function openTwo() {
    await server.send("FLUSHDB");
    return [open(), open()] as const;
  }

  describeUsage("Redis", async () => {
    const [one, two] = await openTwo();
    return [one.usage, two.usage];
  });

  const HOURLY = { key: "hour:ann", capacity: 10, periodMs: 3_600_000 };

  test("Of a burst over two processes exactly as many requests pass as the bucket holds.", async () => {
    const replicas = await openTwo();
    const levels = await Promise.all(
      Array.from({ length: 40 }, (_, index) => replicas[index % 2 === 0 ? 0 : 1].buckets.take([HOURLY])),
    );
    expect(levels.filter(([level]) => level?.waitMs === 0)).toHaveLength(10);
  });

  test("A request takes from all of its buckets, or from none.", async () => {
    const [{ buckets }] = await openTwo();
    const small = { key: "hour:office", capacity: 1, periodMs: 3_600_000 };
    const answers = [
      await buckets.take([HOURLY, small]),
      await buckets.take([HOURLY, small]),
      await buckets.take([HOURLY]),
    ];
    expect(answers.map((levels) => levels.map(({ tokens }) => Math.floor(tokens)))).toEqual([
      [9, 0],
      [9, 0],
      [8],
    ]);
    expect(answers[1]?.[1]?.waitMs).toBeWithin(3_590_000, 3_600_001);
  });

  test("A bucket fills again by the clock of the server.", async () => {
    const [{ buckets }] = await openTwo();
    const quick = { key: "second:eve", capacity: 1, periodMs: 300 };
    await buckets.take([quick]);
    const wait = (await buckets.take([quick]))[0]?.waitMs ?? 0;
    expect(wait).toBeWithin(1, 301);
    await Bun.sleep(wait);
    expect(await buckets.take([quick])).toMatchObject([{ waitMs: 0 }]);
  });

  test("Turns of two processes count together, for every subject or for none.", async () => {
    const [one, two] = await openTwo();
    const own = { subject: "caller:ann", max: 2 };
    const office = { subject: "network:192.0.2.1", max: 3 };
    const starts = await Promise.all(
      ["a", "b", "c", "d"].map((turn, index) => (index % 2 ? one : two).turns.acquire(turn, [own, office])),
    );
    expect(starts.toSorted()).toEqual([0, 0, undefined, undefined]);
    expect(await one.turns.acquire("e", [office])).toBeUndefined();
    expect(await two.turns.acquire("f", [{ subject: "caller:bob", max: 1 }, office])).toBe(1);
    // The refused turn counts nowhere.
    expect(await two.turns.acquire("g", [{ subject: "caller:bob", max: 1 }])).toBeUndefined();
    await one.turns.release("e", ["network:192.0.2.1"]);
    expect(await two.turns.acquire("h", [office])).toBeUndefined();
  });

  test("A turn whose process is gone counts for a minute at most.", async () => {
    const [{ turns }] = await openTwo();
    const slot = { subject: "caller:ann", max: 1 };
    await turns.acquire("a", [slot]);
    const expiry = Number(await server.send("PTTL", "specchat:turns:caller:ann"));
    expect(expiry).toBeWithin(50_000, 60_001);
    await server.send("ZADD", "specchat:turns:caller:ann", "1", "a");
    expect(await turns.acquire("b", [slot])).toBeUndefined();
  });

  test("While Redis is down a process counts on its own, and adds what was used afterwards.", async () => {
    const [shared, other] = await openTwo();
    let now = 0;
    const changes: string[] = [];
    const failover = new Failover({
      now: () => now,
      onOutage: () => changes.push("outage"),
      onRecovery: () => changes.push("recovery"),
    });
    const { buckets, turns, usage } = completeStores(shared, failover, () => now);
    const key = { period: "2026-11-29", subject: "caller:ann" };
    await usage.add([key], { tokens: 90, microUsd: 9 });
    await server.kill();
    expect(await usage.add([key], { tokens: 10, microUsd: 1 })).toEqual([{ tokens: 100, microUsd: 10 }]);
    expect(await usage.read([key])).toEqual([{ tokens: 100, microUsd: 10 }]);
    const bucket = { key: "hour:ann", capacity: 1, periodMs: 3_600_000 };
    expect(await buckets.take([bucket])).toMatchObject([{ waitMs: 0 }]);
    expect(await buckets.take([bucket])).toMatchObject([{ waitMs: 3_600_000 }]);
    expect(await turns.acquire("a", [{ subject: "caller:ann", max: 1 }])).toBeUndefined();
    expect(await turns.acquire("b", [{ subject: "caller:ann", max: 1 }])).toBe(0);
    await server.start();
    now = 5000;
    expect(await usage.read([key])).toEqual([{ tokens: 100, microUsd: 10 }]);
    expect(await other.usage.read([key])).toEqual([{ tokens: 100, microUsd: 10 }]);
    expect(changes).toEqual(["outage", "recovery"]);
  });
});
