/** The usage counters of one process. They start at zero with it. */
import { BoundedMap } from "./bounded-map.ts";
import type { UsageAmount, UsageCounters, UsageKey } from "./types.ts";

const MAX_COUNTERS = 100_000;

export const NO_AMOUNT: UsageAmount = { tokens: 0, microUsd: 0 };

export function addAmounts(a: UsageAmount, b: UsageAmount): UsageAmount {
  return { tokens: a.tokens + b.tokens, microUsd: a.microUsd + b.microUsd };
}

export function subtractAmounts(a: UsageAmount, b: UsageAmount): UsageAmount {
  return { tokens: a.tokens - b.tokens, microUsd: a.microUsd - b.microUsd };
}

/** Returns a name that is unique for a counter. */
export function counterName({ period, subject }: UsageKey): string {
  return `${period} ${subject}`;
}

export interface MemoryUsage extends UsageCounters {
  /** Replaces the sum of a counter. */
  set(key: UsageKey, amount: UsageAmount): void;
}

export function createMemoryUsage(): MemoryUsage {
  const sums = new BoundedMap<UsageAmount>(MAX_COUNTERS);
  const read = (key: UsageKey) => sums.get(counterName(key)) ?? NO_AMOUNT;
  return {
    set: (key, amount) => sums.set(counterName(key), amount),
    read: async (keys) => keys.map(read),
    add: async (keys, amount) =>
      keys.map((key) => {
        const sum = addAmounts(read(key), amount);
        sums.set(counterName(key), sum);
        return sum;
      }),
  };
}
