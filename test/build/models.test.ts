import { expect, test } from "bun:test";
import { compareModels } from "../../src/build/models.ts";

const HAIKU = {
  id: "global.anthropic.claude-haiku-5-5",
  contextWindow: 1_000_000,
  maxTokens: 128_000,
  input: ["text", "image"],
  cost: {
    input: 0.1,
    output: 0.5,
    cacheRead: 0.01,
    cacheWrite: 0.125,
    tiers: [{ inputTokensAbove: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625 }],
  },
};

/** Returns the lines about the ids of the dump, without those about rows that it lacks. */
function compare(...models: readonly object[]): readonly string[] {
  const dump = Object.fromEntries(models.map((model, index) => [`chat:${index}`, model]));
  return compareModels({ converse: dump }).filter((line) => !line.endsWith("is not in the file"));
}

test("`compareModels()` finds no difference for the published data", () => {
  expect(compare(HAIKU)).toEqual([]);
});

test("`compareModels()` names each difference, and ids without a row", () => {
  const { tiers, ...cost } = HAIKU.cost;
  expect(
    compare(
      { ...HAIKU, contextWindow: 500_000, input: ["text"] },
      { ...HAIKU, id: "us.anthropic.claude-haiku-5-5", cost: { ...cost, output: 0.55 } },
      { ...HAIKU, id: "newvendor.model-1", cost },
      {
        id: "us.anthropic.claude-opus-4-1-20250805-v1:0",
        contextWindow: 200_000,
        maxTokens: 32_000,
        input: ["image"],
        cost: { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 },
      },
    ),
  ).toEqual([
    "global.anthropic.claude-haiku-5-5: context 1000000, in the file 500000",
    "global.anthropic.claude-haiku-5-5: images true, in the file false",
    "newvendor.model-1: no row; 0.1/0.5/0.01/0.125",
    "us.anthropic.claude-haiku-5-5: price 0.11/0.55/0.011/0.1375, in the file 0.1/0.55/0.01/0.125",
    "us.anthropic.claude-haiku-5-5: price of long calls 0.55/2.75/0.055/0.6875, in the file none",
    "us.anthropic.claude-haiku-5-5: long calls 100000, in the file none",
    "us.anthropic.claude-opus-4-1-20250805-v1:0: the table has the end of life 2027-01-08",
  ]);
});

test("`compareModels()` reads the form of models.dev, and only its Bedrock models", () => {
  const model = (id: string) => ({
    id,
    limit: { context: 163_840, output: 81_920 },
    modalities: { input: ["text"] },
    cost: { input: 0.62, output: 1.85 },
  });
  const dump = {
    other: { models: { x: model("other.model") } },
    "amazon-bedrock": { models: { a: model("deepseek.v3.2"), b: model("newvendor.model-1") } },
  };
  expect(compareModels(dump).filter((line) => !line.endsWith("is not in the file"))).toEqual([
    "newvendor.model-1: no row; 0.62/1.85/0/0",
  ]);
});

test("`compareModels()` lists the rows that the file lacks, without those that have ended", () => {
  const missing = compareModels({ HAIKU }).filter((line) => line.endsWith("is not in the file"));
  expect(missing).toContain("openai.gpt-6-sol: GPT-6 Sol is not in the file");
  expect(missing.filter((line) => /Haiku 5.5|Nova Premier|: (GPT|Claude|Llama) is/.test(line))).toEqual([]);
});
