import { expect, test } from "bun:test";
import { findPrice, parsePrices } from "../../src/model/prices.ts";

const file = JSON.stringify({
  "anthropic.claude": { input: 1, output: 2 },
  "anthropic.claude-haiku": { input: 3, output: 4, cacheRead: 0.3, cacheWrite: 3.75 },
  "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl": {
    input: 5,
    output: 6,
  },
});

test("`findPrice()` returns the price of the longest prefix, with or without a profile", () => {
  const prices = parsePrices(file);
  const inputOf = (model: string) => findPrice(model, prices)?.input;
  expect([
    inputOf("anthropic.claude-sonnet-5"),
    inputOf("eu.anthropic.claude-haiku-4-5-20251001-v1:0"),
    inputOf("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5"),
    inputOf("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl"),
    inputOf("amazon.nova-lite-v1:0"),
    findPrice("anthropic.claude", undefined),
  ]).toEqual([1, 3, 3, 5, undefined, undefined]);
  expect(findPrice("anthropic.claude-sonnet-5", prices)).toEqual({
    input: 1,
    output: 2,
    // A missing cache price equals the input price.
    cacheRead: 1,
    cacheWrite: 1,
  });
});

test("`parsePrices()` names the invalid entry", () => {
  const problem = (text: string) => {
    try {
      parsePrices(text);
    } catch (error) {
      return error instanceof Error ? error.message.replace(/: .*/, "") : "";
    }
  };
  expect([
    problem("{"),
    problem('{"m": {"input": -1, "output": 1}}'),
    problem('{"m": {"input": 1}}'),
    problem('{"m": {"input": 1, "output": 1, "cached": 1}}'),
  ]).toEqual(["not valid JSON", "m.input", "m.output", "m"]);
});
