/** The counters of limits that all processes of a Redis server share. */
import type { LimitStores } from "../../access/limits/types.ts";
import type { RedisConnection } from "./connection.ts";
import { createRedisBuckets } from "./rate-buckets.ts";
import { createRedisTurns } from "./running-turns.ts";
import { createRedisUsage } from "./usage-counters.ts";

export function createRedisLimitStores(connection: RedisConnection): Required<LimitStores> {
  return {
    buckets: createRedisBuckets(connection),
    turns: createRedisTurns(connection),
    usage: createRedisUsage(connection),
  };
}
