import { expect, test } from "bun:test";
import { addUsage, NO_USAGE } from "../../../src/chat/usage.ts";
import type { BedrockOptions } from "../../../src/model/bedrock/index.ts";
import { parsePrices } from "../../../src/model/bedrock/index.ts";
import { collectOutcome, createTestBed } from "./setup.ts";

const HAIKU = "global.anthropic.claude-haiku-5-5";
const MILLION = { inputTokens: 1e6, outputTokens: 1e6, cacheReadTokens: 1e6, cacheWriteTokens: 1e6 };

async function costOfMillion(model: string, options: Partial<BedrockOptions> = {}): Promise<number | null> {
  const { bedrock, model: port } = await createTestBed(options);
  const cost = port.cost(model, MILLION);
  port.close();
  await bedrock.stop();
  return cost === null ? null : Number(cost.toFixed(6));
}

test("calls beyond the length of a price tier cost more, also when their usage is added to that of others", async () => {
  const { bedrock, model } = await createTestBed();
  const call = async (cacheReadInputTokens: number) => {
    bedrock.script([
      {
        text: "ok",
        usage: { inputTokens: 1000, outputTokens: 1000, cacheReadInputTokens, cacheWriteInputTokens: 0 },
      },
    ]);
    const end = (await collectOutcome(model, { model: HAIKU })).events.at(-1);
    return end?.type === "end" ? end.usage : NO_USAGE;
  };
  const usages = [await call(99_000), await call(99_001), await call(0)];
  const usd = (usage = NO_USAGE) => Number(model.cost(HAIKU, usage)?.toFixed(9));
  expect(usages.map(usd)).toEqual([0.00159, 0.00795005, 0.0006]);
  expect(usd(usages.reduce(addUsage, NO_USAGE))).toBe(0.01014005);
  model.close();
  await bedrock.stop();
});

test("the cost follows the geography, the lifetime of the cache, the service tier and the price file", async () => {
  const prices = parsePrices(JSON.stringify({ "anthropic.claude-haiku-5-5": { input: 1, output: 2 } }));
  const sonnet = "anthropic.claude-sonnet-4-6";
  expect([
    await costOfMillion(HAIKU),
    await costOfMillion("us.anthropic.claude-haiku-5-5"),
    await costOfMillion("in.anthropic.claude-sonnet-5"),
    await costOfMillion(`eu-west-1/eu.${sonnet}`),
    await costOfMillion("eu.amazon.nova-pro-v1:0"),
    await costOfMillion(HAIKU, { cacheTtl: "1h" }),
    await costOfMillion("amazon.nova-pro-v1:0", { cacheTtl: "1h" }),
    await costOfMillion("deepseek.v3.2", { serviceTier: "flex" }),
    await costOfMillion("deepseek.v3.2", { serviceTier: "priority" }),
    await costOfMillion(HAIKU, { serviceTier: "priority" }),
    await costOfMillion(HAIKU, { prices, cacheTtl: "1h" }),
    await costOfMillion("newvendor.model-1"),
  ]).toEqual([0.735, 0.8085, 16.17, 24.255, 5.75, 0.81, 4.2, 1.855, 6.4925, 0.735, 5, null]);
});
