/**
 * Counts in shared stores, and in this process while they are unavailable. Limits go on then: each process allows the whole rate
 * and number of turns, and budgets go on from the last known sums. What is used meanwhile is added to the shared counters later.
 */
import { BoundedMap } from "./bounded-map.ts";
import type { Failover } from "./failover.ts";
import { createMemoryBuckets } from "./memory-buckets.ts";
import { createMemoryTurns } from "./memory-turns.ts";
import { addAmounts, counterName, createMemoryUsage, NO_AMOUNT } from "./memory-usage.ts";
import type {
  LimitStores,
  RateBuckets,
  RunningTurns,
  UsageAmount,
  UsageCounters,
  UsageKey,
} from "./types.ts";

/** Counters whose additions wait for the shared store. */
const MAX_WAITING = 10_000;

/** Returns a store of each kind, in memory where none is shared. @param now returns milliseconds. */
export function completeStores(
  { buckets, turns, usage }: LimitStores,
  failover: Failover,
  now: () => number,
): Required<LimitStores> {
  const [localBuckets, localTurns] = [createMemoryBuckets(now), createMemoryTurns()];
  return {
    buckets: buckets ? shareBuckets(buckets, localBuckets, failover) : localBuckets,
    turns: turns ? shareTurns(turns, localTurns, failover) : localTurns,
    usage: usage ? shareUsage(usage, failover) : createMemoryUsage(),
  };
}

function shareBuckets(shared: RateBuckets, local: RateBuckets, failover: Failover): RateBuckets {
  return {
    take: (buckets) =>
      failover.run(
        () => shared.take(buckets),
        () => local.take(buckets),
      ),
  };
}

function shareTurns(shared: RunningTurns, local: RunningTurns, failover: Failover): RunningTurns {
  return {
    acquire: (turn, slots) =>
      failover.run(
        () => shared.acquire(turn, slots),
        () => local.acquire(turn, slots),
      ),
    async release(turn, subjects) {
      await local.release(turn, subjects);
      await shared.release(turn, subjects);
    },
  };
}

function shareUsage(shared: UsageCounters, failover: Failover): UsageCounters {
  /** The last known sums. */
  const local = createMemoryUsage();
  const waiting = new BoundedMap<{ readonly key: UsageKey; readonly amount: UsageAmount }>(MAX_WAITING);
  function remember(keys: readonly UsageKey[], sums: readonly UsageAmount[]): readonly UsageAmount[] {
    for (const [index, key] of keys.entries()) local.set(key, sums[index] ?? NO_AMOUNT);
    return sums;
  }
  function wait(keys: readonly UsageKey[], amount: UsageAmount): void {
    for (const key of keys) {
      const name = counterName(key);
      waiting.set(name, { key, amount: addAmounts(waiting.get(name)?.amount ?? NO_AMOUNT, amount) });
    }
  }
  /** Adds what was counted during an outage, before anything is read. */
  async function flush(): Promise<void> {
    const entries = waiting.takeAll();
    for (const [index, [, { key, amount }]] of entries.entries())
      await shared.add([key], amount).catch((error) => {
        for (const [, entry] of entries.slice(index)) wait([entry.key], entry.amount);
        throw error;
      });
  }
  return {
    read: (keys) =>
      failover.run(
        async () => {
          await flush();
          return remember(keys, await shared.read(keys));
        },
        () => local.read(keys),
      ),
    add: (keys, amount) =>
      failover.run(
        async () => {
          await flush();
          return remember(keys, await shared.add(keys, amount));
        },
        () => {
          wait(keys, amount);
          return local.add(keys, amount);
        },
      ),
  };
}
