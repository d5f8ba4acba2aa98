import { expect, test } from "bun:test";
import fc from "fast-check";
import { AdaptiveLimit } from "../../../src/model/bedrock/adaptive-limit.ts";

function createLimit(max: number) {
  let now = 0;
  const limit = new AdaptiveLimit(max, () => now);
  return { limit, pass: (milliseconds: number) => (now += milliseconds) };
}

test("throttling halves the limit, which recovers steadily within a minute", () => {
  const { limit, pass } = createLimit(60);
  limit.onThrottled(40);
  const limits = [0, 10_000, 10_000, 20_000, 60_000].map((later) => {
    pass(later);
    return limit.limit;
  });
  expect(limits).toEqual([20, 30, 40, 60, 60]);
});

test("throttling errors within a second count once, and a later one halves the limit again", () => {
  const { limit, pass } = createLimit(100);
  limit.onThrottled(80);
  limit.onThrottled(79);
  expect(limit.limit).toBe(40);
  pass(1000);
  limit.onThrottled(40);
  expect(limit.limit).toBe(20);
});

test("the limit stays between 1 and its maximum", () => {
  const refusals = fc.array(fc.tuple(fc.nat(5000), fc.nat(200)));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), refusals, (max, moments) => {
      const { limit, pass } = createLimit(max);
      for (const [later, running] of moments) {
        pass(later);
        limit.onThrottled(running);
        expect(limit.limit).toBeGreaterThanOrEqual(1);
        expect(limit.limit).toBeLessThanOrEqual(max);
      }
    }),
  );
});
