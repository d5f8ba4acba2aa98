import { expect, test } from "bun:test";
import fc from "fast-check";
import { AdaptiveLimit } from "../../../src/model/bedrock/adaptive-limit.ts";

function paceOf(max: number) {
  let now = 0;
  const pace = new AdaptiveLimit(max, () => now);
  return { pace, pass: (milliseconds: number) => (now += milliseconds) };
}

test("a refusal halves what was running; all of it is back after a minute, bit by bit", () => {
  const { pace, pass } = paceOf(60);
  pace.onThrottled(40);
  const limits = [0, 10_000, 10_000, 20_000, 60_000].map((later) => {
    pass(later);
    return pace.limit;
  });
  expect(limits).toEqual([20, 30, 40, 60, 60]);
});

test("refusals of one moment count once, and a later one halves again", () => {
  const { pace, pass } = paceOf(100);
  pace.onThrottled(80);
  pace.onThrottled(79);
  expect(pace.limit).toBe(40);
  pass(1000);
  pace.onThrottled(40);
  expect(pace.limit).toBe(20);
});

test("whatever is refused, one may run, and never more than the most", () => {
  const refusals = fc.array(fc.tuple(fc.nat(5000), fc.nat(200)));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), refusals, (max, moments) => {
      const { pace, pass } = paceOf(max);
      for (const [later, running] of moments) {
        pass(later);
        pace.onThrottled(running);
        expect(pace.limit).toBeGreaterThanOrEqual(1);
        expect(pace.limit).toBeLessThanOrEqual(max);
      }
    }),
  );
});
