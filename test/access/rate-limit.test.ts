import { expect, test } from "bun:test";
import { RateLimit } from "../../src/access/rate-limit.ts";

test("A client can use its tokens at once and regains them evenly; each client has its own.", async () => {
  let now = 0;
  const limit = new RateLimit("2/minute", () => now);
  await limit.take("ann");
  await limit.take("ann");
  await expect(limit.take("ann")).rejects.toThrow("(2/minute). Try again in 30 s.");
  await limit.take("bob");
  now = 29_999;
  await expect(limit.take("ann")).rejects.toThrow("1 s");
  now = 30_000;
  await limit.take("ann");
  await expect(limit.take("ann")).rejects.toThrow("30 s");
  now = 3_600_000;
  await limit.take("ann");
  await limit.take("ann");
  await expect(limit.take("ann")).rejects.toThrow();
});

test("The error has the time to wait, and a rejected request takes no token.", async () => {
  let now = 0;
  const limit = new RateLimit("1/second", () => now);
  await limit.take("ann");
  for (let count = 0; count < 5; count++)
    await expect(limit.take("ann")).rejects.toMatchObject({
      code: "rate_limited",
      retryable: true,
      retryAfterMs: 1000,
    });
  now = 1000;
  await limit.take("ann");
});
