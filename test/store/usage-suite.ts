/** The suite that every implementation of usage counters passes. */
import { expect, test } from "bun:test";
import type { UsageCounters } from "../../src/access/limits/types.ts";

const DAY = { period: "2026-11-29", subject: "caller:user:ann" };
const MONTH = { period: "2026-11", subject: "caller:user:ann" };
const OTHER = { period: "2026-11-29", subject: "address:192.0.2.1" };

/** @param open returns two users of the same counters, which are empty, as two processes have them. */
export function describeUsage(
  name: string,
  open: () => Promise<readonly [UsageCounters, UsageCounters]>,
): void {
  test(`${name}: an unused counter is zero.`, async () => {
    const [usage] = await open();
    expect(await usage.read([DAY, MONTH])).toEqual([
      { tokens: 0, microUsd: 0 },
      { tokens: 0, microUsd: 0 },
    ]);
  });

  test(`${name}: an amount is added to each counter, and both users read the sums in the order of the keys.`, async () => {
    const [one, two] = await open();
    expect(await one.add([DAY, MONTH], { tokens: 100, microUsd: 2_000_000 })).toEqual([
      { tokens: 100, microUsd: 2_000_000 },
      { tokens: 100, microUsd: 2_000_000 },
    ]);
    expect(await two.add([OTHER, DAY], { tokens: 5, microUsd: 1 })).toEqual([
      { tokens: 5, microUsd: 1 },
      { tokens: 105, microUsd: 2_000_001 },
    ]);
    expect(await one.read([MONTH, DAY, OTHER])).toEqual([
      { tokens: 100, microUsd: 2_000_000 },
      { tokens: 105, microUsd: 2_000_001 },
      { tokens: 5, microUsd: 1 },
    ]);
  });

  test(`${name}: a negative amount takes back what was reserved.`, async () => {
    const [usage] = await open();
    await usage.add([DAY], { tokens: 10, microUsd: 10 });
    expect(await usage.add([DAY], { tokens: -10, microUsd: -4 })).toEqual([{ tokens: 0, microUsd: 6 }]);
  });

  test(`${name}: additions at the same time are all counted, and large sums are exact.`, async () => {
    const [one, two] = await open();
    const amount = { tokens: 100_000_000_001, microUsd: 1 };
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).add([DAY], amount)));
    expect(await one.read([DAY])).toEqual([{ tokens: 2_000_000_000_020, microUsd: 20 }]);
  });
}
