import { expect, test } from "bun:test";
import { RateLimit } from "../../src/access/rate-limit.ts";

test("a client may use up its share at once, then gets it back evenly; another has its own", () => {
  let now = 0;
  const limit = new RateLimit("2/minute", () => now);
  limit.take("ann");
  limit.take("ann");
  expect(() => limit.take("ann")).toThrow("(2/minute). Please try again in 30 s.");
  limit.take("bob");
  now = 29_999;
  expect(() => limit.take("ann")).toThrow("1 s");
  now = 30_000;
  limit.take("ann");
  expect(() => limit.take("ann")).toThrow("30 s");
  now = 3_600_000;
  limit.take("ann");
  limit.take("ann");
  expect(() => limit.take("ann")).toThrow();
});

test("the error says how long to wait, and refused asking costs nothing", () => {
  let now = 0;
  const limit = new RateLimit("1/second", () => now);
  limit.take("ann");
  for (let count = 0; count < 5; count++) {
    try {
      limit.take("ann");
      throw new Error("it was let through");
    } catch (error) {
      expect(error).toMatchObject({ code: "rate_limited", retryable: true, retryAfterMs: 1000 });
    }
  }
  now = 1000;
  expect(() => limit.take("ann")).not.toThrow();
});
