import { expect, test } from "bun:test";
import { TokenRatios } from "../../src/chat/tokens.ts";

const usage = (inputTokens: number) => ({ inputTokens, cacheReadTokens: 100, cacheWriteTokens: 100 });

test("`TokenRatios` learns a model's ratio from the usage of its replies, including cached tokens", () => {
  const ratios = new TokenRatios();
  expect(ratios.get("m")).toBe(1);
  ratios.record("m", 1000, usage(1800));
  expect(ratios.get("m")).toBeCloseTo(2);
  ratios.record("m", 1000, usage(800));
  expect(ratios.get("m")).toBeCloseTo(1.5);
  expect(ratios.get("other")).toBe(1);
});

test("`TokenRatios` ignores small requests and bounds the ratio", () => {
  const ratios = new TokenRatios();
  ratios.record("m", 10, usage(1800));
  ratios.record("m", 1000, { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 });
  expect(ratios.get("m")).toBe(1);
  ratios.record("m", 100_000, usage(10));
  expect(ratios.get("m")).toBe(0.75);
  ratios.record("n", 1000, usage(1e6));
  expect(ratios.get("n")).toBeCloseTo(8);
});
