/** A rate limit over all processes: token buckets of clients and of their addresses. */
import type { RateLimiter } from "../../access/types.ts";
import { createRateLimitError, parseRate } from "../../config/rate.ts";
import type { RedisConnection } from "./connection.ts";

/** Keys: bucket. Parameters: capacity, milliseconds to fill it. Returns 0 when it took a token, else the milliseconds to wait. */
const TAKE_TOKEN_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local count, per = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = count
if bucket[1] then tokens = math.min(count, tonumber(bucket[1]) + (now - tonumber(bucket[2])) * count / per) end
local wait = 0
if tokens < 1 then wait = math.ceil((1 - tokens) * per / count) else tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.17g', now))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return wait`;

/** Creates the rate limit. `text` is the setting `rateLimit`, for example `10/minute`. */
export function createRedisRateLimit(text: string, connection: RedisConnection): RateLimiter {
  const { count, perMs } = parseRate(text);
  return {
    async take(bucket, share = 1) {
      const wait = await connection.runScript(
        TAKE_TOKEN_SCRIPT,
        [`specchat:rate:${bucket}`],
        [`${count * share}`, `${perMs}`],
      );
      if (typeof wait === "number" && wait > 0) throw createRateLimitError(text, wait);
    },
  };
}
