import { expect, test } from "bun:test";
import { TokenRatios } from "../../src/chat/tokens.ts";

const usage = (inputTokens: number) => ({ inputTokens, cacheReadTokens: 100, cacheWriteTokens: 100 });

test("a model's tokens are learned from what its answers report, cached ones included", () => {
  const ratios = new TokenRatios();
  expect(ratios.of("m")).toBe(1);
  ratios.learn("m", 1000, usage(1800));
  expect(ratios.of("m")).toBeCloseTo(2);
  ratios.learn("m", 1000, usage(800));
  expect(ratios.of("m")).toBeCloseTo(1.5);
  expect(ratios.of("other")).toBe(1);
});

test("small requests teach nothing, and no report makes the context much larger than it is", () => {
  const ratios = new TokenRatios();
  ratios.learn("m", 10, usage(1800));
  ratios.learn("m", 1000, { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 });
  expect(ratios.of("m")).toBe(1);
  ratios.learn("m", 100_000, usage(10));
  expect(ratios.of("m")).toBe(0.75);
  ratios.learn("n", 1000, usage(1e6));
  expect(ratios.of("n")).toBeCloseTo(8);
});
