/** Kills servers at random moments. Acknowledged data stays, no call runs twice, and every session can continue. */
import { expect, test } from "bun:test";
import { REDIS_SERVER } from "../store/redis/redis-server.ts";
import { crashReplicas, crashSqlite } from "../support/crash-rounds.ts";

test("25 kills of a server with SQLite lose nothing acknowledged, repeat no call, and the session continues", async () => {
  const { completed, interrupted, ...report } = await crashSqlite(25);
  expect(report).toEqual({ rounds: 25, redisKills: 0, defects: [] });
  expect(completed).toBeLessThan(27);
  expect(interrupted).toBeGreaterThan(0);
}, 900_000);

test.skipIf(!REDIS_SERVER)(
  "10 sessions continue on the other replica after each of 5 kills, 2 of them with Redis, without loss, gap or repetition",
  async () => {
    const { completed, interrupted, ...report } = await crashReplicas(5, 2);
    expect(report).toEqual({ rounds: 5, redisKills: 2, defects: [] });
    expect(completed).toBeGreaterThanOrEqual(10);
    expect(interrupted).toBeGreaterThan(0);
  },
  300_000,
);
