import { expect, test } from "bun:test";
import fc from "fast-check";
import { createMemoryBuckets } from "../../../src/access/limits/memory-buckets.ts";

const MINUTE = 60_000;

test("A client can use its tokens at once and regains them evenly; each client has its own.", async () => {
  let now = 0;
  const buckets = createMemoryBuckets(() => now);
  const waitOf = async (key: string) =>
    (await buckets.take([{ key, capacity: 2, periodMs: MINUTE }]))[0]?.waitMs;
  expect([await waitOf("ann"), await waitOf("ann"), await waitOf("ann"), await waitOf("bob")]).toEqual([
    0, 0, 30_000, 0,
  ]);
  now = 29_999;
  expect(await waitOf("ann")).toBe(1);
  now = 30_000;
  expect([await waitOf("ann"), await waitOf("ann")]).toEqual([0, 30_000]);
  now = 3_600_000;
  expect([await waitOf("ann"), await waitOf("ann"), await waitOf("ann")]).toEqual([0, 0, 30_000]);
});

test("A refused request takes no token, of any bucket.", async () => {
  const buckets = createMemoryBuckets(() => 0);
  const full = { key: "network", capacity: 1, periodMs: 1000 };
  const own = { key: "caller", capacity: 2, periodMs: 1000 };
  await buckets.take([full]);
  for (const _ of [1, 2, 3])
    expect(await buckets.take([own, full])).toEqual([
      { tokens: 2, waitMs: 0 },
      { tokens: 0, waitMs: 1000 },
    ]);
});

test("A clock that is set back neither fills a bucket nor makes a client wait longer than the period.", async () => {
  let now = 1_000_000;
  const buckets = createMemoryBuckets(() => now);
  const bucket = { key: "ann", capacity: 1, periodMs: MINUTE };
  await buckets.take([bucket]);
  now = 0;
  expect(await buckets.take([bucket])).toEqual([{ tokens: 0, waitMs: MINUTE }]);
  now = MINUTE;
  expect(await buckets.take([bucket])).toEqual([{ tokens: 0, waitMs: 0 }]);
});

test("A wait that is as long as announced is enough, also when fractions of tokens do not add up to exactly 1.", async () => {
  let now = 0;
  const buckets = createMemoryBuckets(() => now);
  const bucket = { key: "ann", capacity: 3, periodMs: 1000 };
  const waitFor = async (expected: number) => {
    const [level] = await buckets.take([bucket]);
    expect(level?.waitMs).toBe(expected);
    now += expected;
  };
  for (const _ of [1, 2, 3]) await waitFor(0);
  await waitFor(334);
  await waitFor(0);
  await waitFor(333);
  await waitFor(0);
  now += 145;
  await waitFor(188);
  await waitFor(0);
});

test("In no period do more than twice as many requests pass as the bucket holds, and after the wait one passes.", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }),
      async (capacity, pauses) => {
        const bucket = { key: "ann", capacity, periodMs: 1000 };
        let now = 0;
        const buckets = createMemoryBuckets(() => now);
        const passed: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const [level] = await buckets.take([bucket]);
          if (level?.waitMs === 0) passed.push(now);
          else {
            now += level?.waitMs ?? 0;
            expect(await buckets.take([bucket])).toMatchObject([{ waitMs: 0 }]);
            passed.push(now);
          }
        }
        for (const start of passed)
          expect(passed.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(
            2 * capacity,
          );
      },
    ),
    { numRuns: 300 },
  );
});
