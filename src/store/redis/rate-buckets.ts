/** The token buckets of all processes. One script takes from all buckets of a request, in one round trip. */
import type { RateBuckets } from "../../access/limits/types.ts";
import type { RedisConnection } from "./connection.ts";
import { bucketKey } from "./keys.ts";

/**
 * Keys: buckets. Parameters: capacity and milliseconds to fill it, for each. Takes a token of each bucket, or none when one is
 * empty. Returns the tokens and the milliseconds to wait, for each. Numbers are texts: Redis cuts fractions. Sums of fractions
 * may miss 1 by a rounding error: `whole` counts as a token.
 */
const TAKE_TOKENS_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local levels, taken, whole = {}, 1, 1 - 1e-9
for index, key in ipairs(KEYS) do
  local capacity, per = tonumber(ARGV[index * 2 - 1]), tonumber(ARGV[index * 2])
  local bucket = redis.call('HMGET', key, 'tokens', 'at')
  local tokens = capacity
  if bucket[1] then
    local elapsed = math.max(0, now - tonumber(bucket[2]))
    tokens = math.min(capacity, tonumber(bucket[1]) + elapsed * capacity / per)
  end
  if tokens < whole then taken = 0 end
  levels[index] = tokens
end
local answer = {}
for index, key in ipairs(KEYS) do
  local capacity, per = tonumber(ARGV[index * 2 - 1]), tonumber(ARGV[index * 2])
  local tokens, wait = math.max(0, levels[index] - taken), 0
  if levels[index] < whole then wait = math.ceil((1 - levels[index]) * per / capacity) end
  redis.call('HSET', key, 'tokens', string.format('%.17g', tokens), 'at', string.format('%.17g', now))
  redis.call('PEXPIRE', key, ARGV[index * 2])
  answer[index * 2 - 1] = string.format('%.17g', tokens)
  answer[index * 2] = string.format('%d', wait)
end
return answer`;

export function createRedisBuckets(connection: Pick<RedisConnection, "runScript">): RateBuckets {
  return {
    async take(buckets) {
      const keys = buckets.map(({ key }) => bucketKey(key));
      const parameters = buckets.flatMap(({ capacity, periodMs }) => [`${capacity}`, `${periodMs}`]);
      const answer = await connection.runScript(TAKE_TOKENS_SCRIPT, keys, parameters);
      const numbers = Array.isArray(answer) ? answer.map(Number) : [];
      return buckets.map((_, index) => ({
        tokens: numbers[index * 2] ?? 0,
        waitMs: numbers[index * 2 + 1] ?? 0,
      }));
    },
  };
}
