/** The usage counters of all processes: a hash of tokens and millionths of a US dollar for each subject and period. */
import type { UsageAmount, UsageCounters, UsageKey } from "../../access/limits/types.ts";
import type { RedisConnection } from "./connection.ts";
import { usageKey } from "./keys.ts";

/** Longer than a month after its last change, a counter is of no period that runs. */
const KEPT_SECONDS = 40 * 86_400;

/** Keys: counters. Parameters: tokens, microUsd, seconds to keep. Returns both sums of each counter. */
const ADD_SCRIPT = `
local sums = {}
for index, key in ipairs(KEYS) do
  sums[index * 2 - 1] = redis.call('HINCRBY', key, 'tokens', ARGV[1])
  sums[index * 2] = redis.call('HINCRBY', key, 'microUsd', ARGV[2])
  redis.call('EXPIRE', key, ARGV[3])
end
return sums`;

/** Keys: counters. Returns both sums of each counter. */
const READ_SCRIPT = `
local sums = {}
for index, key in ipairs(KEYS) do
  local found = redis.call('HMGET', key, 'tokens', 'microUsd')
  sums[index * 2 - 1], sums[index * 2] = found[1] or '0', found[2] or '0'
end
return sums`;

export function createRedisUsage(connection: Pick<RedisConnection, "runScript">): UsageCounters {
  const run = async (script: string, keys: readonly UsageKey[], parameters: readonly string[]) => {
    const answer = await connection.runScript(script, keys.map(usageKey), parameters);
    const numbers = Array.isArray(answer) ? answer.map(Number) : [];
    return keys.map(
      (_, index): UsageAmount => ({
        tokens: numbers[index * 2] ?? 0,
        microUsd: numbers[index * 2 + 1] ?? 0,
      }),
    );
  };
  return {
    read: (keys) => run(READ_SCRIPT, keys, []),
    add: (keys, { tokens, microUsd }) =>
      run(ADD_SCRIPT, keys, [`${tokens}`, `${microUsd}`, `${KEPT_SECONDS}`]),
  };
}
