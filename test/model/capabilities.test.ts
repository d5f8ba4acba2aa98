import { expect, test } from "bun:test";
import { capabilitiesOf, isKnownFamily } from "../../src/model/capabilities.ts";
import { costOf } from "../../src/model/prices.ts";
import { findFamily } from "../bedrock/families.ts";
import { MODEL_IDS } from "./bedrock/ids.ts";

test("the table never claims more than the service supports", () => {
  const claims = MODEL_IDS.flatMap((id) => {
    const known = capabilitiesOf(id);
    const real = findFamily(id);
    if (!real) return [`${id} is unknown to the stand-in`];
    const wrong = {
      system: known.systemPrompt && !real.system,
      tools: known.tools !== "none" && !real.tools,
      streaming: known.tools === "streaming" && !real.streamingTools,
      stop: known.stopSequences && !real.stopSequences,
      choice: known.toolChoice.some((choice) => !real.toolChoice.includes(choice)),
      images: known.images && !real.images,
      documents: known.documents && !real.documents,
      cache: known.cachePoints.some((place) => !real.cache.includes(place)),
      sampling: known.sampling !== real.sampling && known.sampling !== "none",
      profile: known.profileRequired !== real.requiresProfile,
      minTokens: known.minOutputTokens < real.minTokens,
      prefill: known.prefill && !real.prefill,
      status: known.resultStatus && !real.toolResultStatus,
      beside: known.besideResults && real.besideResults === "nothing",
      maxTokens: known.maxOutputTokens > real.maxTokens,
      context: known.contextTokens < known.maxOutputTokens,
    };
    return Object.entries(wrong).flatMap(([what, is]) => (is ? [`${id}: ${what}`] : []));
  });
  expect(claims).toEqual([]);
});

test("every family has a row", () => {
  expect(MODEL_IDS.filter((id) => !isKnownFamily(id))).toEqual([]);
});

test("the longest prefix wins, with every kind of profile", () => {
  const names = [
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6",
    "us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0",
    "global.anthropic.claude-wonder-7",
    "us.amazon.nova-2-lite-v1:0",
    "deepseek.v3.2",
  ].map((id) => capabilitiesOf(id).family);
  expect(names).toEqual([
    "Claude Sonnet 4",
    "Claude Sonnet 4.5",
    "Claude Sonnet 4.6",
    "Claude 3.7 Sonnet",
    "Claude",
    "Nova 2 Lite",
    "DeepSeek V3.2",
  ]);
});

test("a profile of a geography that the table lacks has the capabilities of its model", () => {
  const describe = (id: string) => {
    const { family, price } = capabilitiesOf(id);
    return [family, price?.input];
  };
  expect(
    ["kr.anthropic.claude-haiku-5-5", "mx.openai.gpt-6-sol", "me-central.zai.glm-5"].map(describe),
  ).toEqual([
    ["Claude Haiku 5.5", 0.11],
    ["GPT-6 Sol", 2.2],
    ["GLM 5", 1],
  ]);
  expect(describe("kr.newvendor.model-1")).toEqual(["unknown", undefined]);
});

test("a model newer than the table gets all of `--max-tokens`", () => {
  const ids = [
    "global.anthropic.claude-6",
    "us.openai.gpt-7",
    "mistral.mistral-large-4",
    "amazon.nova-3-pro-v1:0",
    "nvidia.nemotron-4",
    "newvendor.model-1",
  ];
  expect(ids.filter((id) => capabilitiesOf(id).maxOutputTokens < 1_000_000)).toEqual([]);
});

test("an application profile has the capabilities of its family", () => {
  const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl";
  expect(capabilitiesOf(arn).family).toBe("unknown");
  expect(capabilitiesOf(arn, "anthropic.claude-haiku-4-5").family).toBe("Claude Haiku 4.5");
});

test("`costOf()` prices every kind of token, and returns null for an unknown price", () => {
  const usage = { inputTokens: 50, outputTokens: 150, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const cost = (id: string, more = {}) => costOf(capabilitiesOf(id).price, { ...usage, ...more });
  expect(cost("global.anthropic.claude-sonnet-4-5-20250929-v1:0")).toBeCloseTo(0.0024, 10);
  expect(cost("eu.anthropic.claude-sonnet-4-5-20250929-v1:0")).toBeCloseTo(0.00264, 10);
  expect(
    cost("global.anthropic.claude-haiku-4-5-20251001-v1:0", {
      cacheReadTokens: 1_000_000,
      cacheWriteTokens: 1_000_000,
    }),
  ).toBeCloseTo(0.0008 + 0.1 + 1.25, 10);
  expect(cost("reka.flash-9")).toBeNull();
});
