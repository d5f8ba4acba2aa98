/** The token buckets of one process. */
import { BoundedMap } from "./bounded-map.ts";
import type { RateBuckets, TokenBucket } from "./types.ts";

const MAX_BUCKETS = 100_000;

/** What counts as a token: sums of fractions may miss 1 by a rounding error, after exactly the announced wait. */
const WHOLE_TOKEN = 1 - 1e-9;

/** @param now returns milliseconds. */
export function createMemoryBuckets(now: () => number): RateBuckets {
  const levels = new BoundedMap<{ readonly tokens: number; readonly at: number }>(MAX_BUCKETS);
  const refill = ({ key, capacity, periodMs }: TokenBucket, time: number): number => {
    const level = levels.get(key);
    // A clock that was set back takes nothing away.
    const elapsed = level ? Math.max(0, time - level.at) : 0;
    return level ? Math.min(capacity, level.tokens + (elapsed * capacity) / periodMs) : capacity;
  };
  return {
    async take(buckets) {
      const time = now();
      const before = buckets.map((bucket) => ({ ...bucket, tokens: refill(bucket, time) }));
      const taken = before.every(({ tokens }) => tokens >= WHOLE_TOKEN) ? 1 : 0;
      return before.map(({ key, capacity, periodMs, tokens }) => {
        const left = Math.max(0, tokens - taken);
        levels.set(key, { tokens: left, at: time });
        const waitMs = tokens >= WHOLE_TOKEN ? 0 : Math.ceil(((1 - tokens) * periodMs) / capacity);
        return { tokens: left, waitMs };
      });
    },
  };
}
