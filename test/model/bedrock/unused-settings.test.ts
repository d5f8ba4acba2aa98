import { expect, test } from "bun:test";
import { describeUnusedSettings } from "../../../src/model/bedrock/index.ts";

const ALL = {
  temperature: 0.2,
  topP: 0.9,
  stopSequences: ["END"],
  cacheTtl: "1h",
  serviceTier: "flex",
  reasoningTokens: 1000,
  reasoningEffort: "low",
} as const;

test("`describeUnusedSettings()` names each setting that a model does not take", () => {
  const unused = (model: string, modelFamily?: string) =>
    describeUnusedSettings(model, { ...ALL, modelFamily }).map((text) => text.slice(0, text.indexOf(":")));
  expect([
    unused("global.anthropic.claude-haiku-5-5"),
    unused("eu-west-1/eu.anthropic.claude-haiku-4-5-20251001-v1:0"),
    unused("us.openai.gpt-6-sol"),
    unused("deepseek.v3.2"),
    unused("amazon.nova-pro-v1:0"),
    unused("us.deepseek.r1-v1:0"),
    unused("newvendor.model-1"),
  ]).toEqual([
    ["temperature", "topP", "serviceTier"],
    ["topP", "serviceTier"],
    ["temperature", "topP", "stopSequences", "cacheTtl", "serviceTier"],
    ["stopSequences", "cacheTtl", "reasoningTokens", "reasoningEffort"],
    ["cacheTtl", "reasoningTokens", "reasoningEffort"],
    ["stopSequences", "cacheTtl", "reasoningTokens", "reasoningEffort"],
    ["stopSequences", "cacheTtl", "reasoningTokens", "reasoningEffort"],
  ]);
});

test("`describeUnusedSettings()` says which model does not take it, and nothing about unset settings", () => {
  const model = "us.openai.gpt-6-sol";
  expect(describeUnusedSettings(model, { temperature: 0.5 })).toEqual([
    "temperature: us.openai.gpt-6-sol (GPT-6 Sol) does not take it; it is not sent.",
  ]);
  expect(
    describeUnusedSettings(model, { cacheTtl: "5m", serviceTier: "default", stopSequences: [] }),
  ).toEqual([]);
});

test("`describeUnusedSettings()` says that metadata of requests need Converse", () => {
  const requestMetadata = ["team=a"];
  const text = (model: string) => `requestMetadata: ${model} (GPT-6 Sol) does not take it; it is not sent.`;
  const model = "us.openai.gpt-6-sol";
  const arn = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${model}`;
  expect([
    describeUnusedSettings(model, { requestMetadata }),
    describeUnusedSettings(model, { requestMetadata: [] }),
    describeUnusedSettings(model, { requestMetadata, guardrailId: "g" }),
    describeUnusedSettings(arn, { requestMetadata }),
    describeUnusedSettings("global.anthropic.claude-haiku-5-5", { requestMetadata }),
  ]).toEqual([[text(model)], [], [], [], []]);
});
