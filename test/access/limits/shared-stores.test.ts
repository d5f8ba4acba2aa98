import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failover } from "../../../src/access/limits/failover.ts";
import { createMemoryUsage } from "../../../src/access/limits/memory-usage.ts";
import { completeStores } from "../../../src/access/limits/shared-stores.ts";
import type { UsageCounters } from "../../../src/access/limits/types.ts";
import { storeUnavailable } from "../../../src/store/errors.ts";

const KEYS = ["a", "b", "c"].map((subject) => ({ period: "2026-11-29", subject }));

/** Returns counters that fail while `isDown` returns true. */
function unreliable(counters: UsageCounters, isDown: () => boolean): UsageCounters {
  const fail = () => Promise.reject(storeUnavailable("no connection"));
  return {
    read: (keys) => (isDown() ? fail() : counters.read(keys)),
    add: (keys, amount) => (isDown() ? fail() : counters.add(keys, amount)),
  };
}

test("Nothing that is counted is lost or counted twice by outages, and this process never knows less than it has counted.", async () => {
  const step = fc.record({
    isDown: fc.boolean(),
    pause: fc.constantFrom(0, 6000),
    adds: fc.array(
      fc.record({
        keys: fc.subarray(KEYS, { minLength: 1 }),
        tokens: fc.integer({ min: 0, max: 1000 }),
      }),
      { maxLength: 4 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      let now = 0;
      let isDown = false;
      const shared = createMemoryUsage();
      const failover = new Failover({ now: () => now, onOutage: () => {}, onRecovery: () => {} });
      const usage = unreliable(shared, () => isDown);
      const stores = completeStores({ usage }, failover, () => now);
      const expected = new Map(KEYS.map((key) => [key, 0]));
      for (const { adds, pause, ...state } of steps) {
        now += pause;
        isDown = state.isDown;
        await Promise.all(
          adds.map(({ keys, tokens }) => {
            for (const key of keys) expected.set(key, (expected.get(key) ?? 0) + tokens);
            return stores.usage.add(keys, { tokens, microUsd: 2 * tokens });
          }),
        );
        const sums = [...expected.values()].map((tokens) => ({ tokens, microUsd: 2 * tokens }));
        expect(await stores.usage.read(KEYS)).toEqual(sums);
      }
      now += 6000;
      isDown = false;
      await stores.usage.read(KEYS);
      const sums = [...expected.values()].map((tokens) => ({ tokens, microUsd: 2 * tokens }));
      expect(await shared.read(KEYS)).toEqual(sums);
    }),
    { numRuns: 200 },
  );
});
