import { expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "../../../src/errors.ts";
import { retryDelay, withRetries } from "../../../src/model/bedrock/retry.ts";
import type { EventBatch } from "../../../src/model/bedrock/types.ts";

test("a wait is a random part of the doubled delay, at least Retry-After, at most 30 s", () => {
  expect([1, 2, 3, 4, 9].map((retry) => retryDelay(retry, { retryDelayMs: 1000 }, undefined, 1))).toEqual([
    1000, 2000, 4000, 8000, 30_000,
  ]);
  expect(retryDelay(3, { retryDelayMs: 1000 }, undefined, 0)).toBe(0);
  expect(retryDelay(1, { retryDelayMs: 1000 }, 5000, 0.5)).toBe(5000);
  const inputs = [
    fc.integer({ min: 1, max: 50 }),
    fc.nat(100_000),
    fc.option(fc.nat(1_000_000), { nil: undefined }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ] as const;
  fc.assert(
    fc.property(...inputs, (retry, delay, after, random) => {
      const wait = retryDelay(retry, { retryDelayMs: delay }, after, random);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(30_000);
    }),
  );
});

test("backoff and jitter can be disabled separately", () => {
  const waits = (options: { exponentialBackoff?: boolean; jitter?: boolean }) =>
    [1, 2, 3].map((retry) => retryDelay(retry, { retryDelayMs: 1000, ...options }, undefined, 0.5));
  expect(waits({ exponentialBackoff: false })).toEqual([500, 500, 500]);
  expect(waits({ jitter: false })).toEqual([1000, 2000, 4000]);
  expect(waits({ exponentialBackoff: false, jitter: false })).toEqual([1000, 1000, 1000]);
});

const busy = new AppError("throttled", "busy", { retryable: true });
const io = { random: () => 0.5, sleep: async () => {} };

async function run(
  attempts: readonly (() => AsyncIterable<EventBatch>)[],
  signal = new AbortController().signal,
) {
  const types: string[] = [];
  let attemptCount = 0;
  const attempt = () => {
    attemptCount += 1;
    return attempts[attemptCount - 1]?.() ?? failing(busy);
  };
  try {
    for await (const batch of withRetries(attempt, { maxRetries: 2, retryDelayMs: 10 }, io, signal))
      types.push(...batch.map((event) => event.type));
    return { types, attemptCount };
  } catch (error) {
    return { types, attemptCount, error };
  }
}

async function* failing(error: unknown, ...batches: EventBatch[]): AsyncGenerator<EventBatch> {
  yield* batches;
  throw error;
}

test("the last error is thrown once retries are used up", async () => {
  expect(await run([])).toEqual({ types: ["notice", "notice"], attemptCount: 3, error: busy });
});

test("neither a failure after output, nor a permanent one, nor a bug is retried", async () => {
  const final = new AppError("access_denied", "no");
  const bug = new TypeError("ours");
  expect(await run([() => failing(busy, [{ type: "text", text: "a" }])])).toEqual({
    types: ["text"],
    attemptCount: 1,
    error: busy,
  });
  expect(await run([() => failing(final)])).toEqual({ types: [], attemptCount: 1, error: final });
  expect(await run([() => failing(bug)])).toEqual({ types: [], attemptCount: 1, error: bug });
});

test("an abort during a wait ends it without another attempt", async () => {
  const controller = new AbortController();
  const attempt = () => {
    controller.abort();
    return failing(busy);
  };
  expect(await run([attempt], controller.signal)).toMatchObject({
    types: ["notice"],
    attemptCount: 1,
    error: { code: "cancelled" },
  });
});

test("a Retry-After beyond the maximum wait is not retried", async () => {
  const later = new AppError("throttled", "busy", { retryable: true, retryAfterMs: 120_000 });
  expect(await run([() => failing(later)])).toEqual({ types: [], attemptCount: 1, error: later });
});
