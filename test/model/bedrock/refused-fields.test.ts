import { describe, expect, test } from "bun:test";
import type { BedrockOptions } from "../../../src/model/bedrock/index.ts";
import type { ModelRequest } from "../../../src/model/types.ts";
import type { ScriptedResponse } from "../../bedrock/index.ts";
import { collectOutcome, createTestBed, createUserMessage, textOf } from "./setup.ts";

/** A vendor without a row. */
const UNKNOWN = "newvendor.model-1";
const refuse = (message: string): ScriptedResponse => ({
  error: { status: 400, type: "ValidationException", message },
});

/** Sends two requests, of which the first is refused once, and returns what was sent. */
async function sendTwice(
  message: string,
  request: Partial<ModelRequest> = {},
  options: Partial<BedrockOptions> = {},
) {
  const { bedrock, model, warnings } = await createTestBed(options, { strict: false });
  bedrock.script([refuse(message), { text: "one" }, { text: "two" }]);
  const sent = { model: UNKNOWN, temperature: 0.5, topP: 0.9, ...request };
  const outcomes = [await collectOutcome(model, sent), await collectOutcome(model, sent)];
  model.close();
  await bedrock.stop();
  return { texts: outcomes.map(textOf), bodies: bedrock.requests.map(({ body }) => body), warnings };
}

const WITHOUT_TEMPERATURE = { maxTokens: 1000, topP: 0.9 };

describe("a refused field is left out at once and from then on:", () => {
  const wordings: readonly [message: string, field: string, inferenceConfig: object][] = [
    [
      "This model doesn't support the temperature field. Remove temperature and try again.",
      "temperature",
      WITHOUT_TEMPERATURE,
    ],
    [
      "This model doesn’t support the topP field. Remove topP and try again.",
      "topP",
      { maxTokens: 1000, temperature: 0.5 },
    ],
    ["This model does not support the maxTokens parameter.", "maxTokens", { temperature: 0.5, topP: 0.9 }],
    [
      "The model returned the following errors: Unsupported parameter: 'temperature' is not supported with this model.",
      "temperature",
      WITHOUT_TEMPERATURE,
    ],
    [
      "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
      "temperature",
      WITHOUT_TEMPERATURE,
    ],
    [
      "The model returned the following errors: Malformed input request: #: extraneous key [top_p] is not permitted, please reformat your input and try again.",
      "top_p",
      { maxTokens: 1000, temperature: 0.5 },
    ],
    ["inferenceConfig.topP: Extra inputs are not permitted", "topP", { maxTokens: 1000, temperature: 0.5 }],
    ["Unknown parameter: 'temperature'.", "temperature", WITHOUT_TEMPERATURE],
    ["The temperature field is not supported by this model.", "temperature", WITHOUT_TEMPERATURE],
    ["Extra inputs are not permitted: temperature", "temperature", WITHOUT_TEMPERATURE],
    ["Unrecognized request argument supplied: temperature", "temperature", WITHOUT_TEMPERATURE],
  ];
  for (const [message, field, inferenceConfig] of wordings)
    test(message, async () => {
      const { texts, bodies, warnings } = await sendTwice(message);
      expect(texts).toEqual(["one", "two"]);
      expect(bodies.map((body) => body.inferenceConfig)).toEqual([
        { maxTokens: 1000, temperature: 0.5, topP: 0.9 },
        inferenceConfig,
        inferenceConfig,
      ]);
      expect(warnings).toEqual([`${UNKNOWN} does not support the ${field} field; it is left out.`]);
    });

  test("stop sequences", async () => {
    const message = "This model doesn't support the stopSequences field. Remove stopSequences and try again.";
    const claude = { model: "us.anthropic.claude-sonnet-4-20250514-v1:0", topP: undefined };
    const { bodies } = await sendTwice(message, claude, { stopSequences: ["END"] });
    expect(bodies.map((body) => body.inferenceConfig)).toEqual([
      { maxTokens: 1000, temperature: 0.5, stopSequences: ["END"] },
      { maxTokens: 1000, temperature: 0.5 },
      { maxTokens: 1000, temperature: 0.5 },
    ]);
  });

  test("the metadata of requests", async () => {
    const message =
      "This model doesn't support the requestMetadata field. Remove requestMetadata and try again.";
    const { bodies } = await sendTwice(message, {}, { requestMetadata: { team: "support" } });
    expect(bodies.map((body) => body.requestMetadata)).toEqual([{ team: "support" }, undefined, undefined]);
  });

  test("the service tier", async () => {
    const message =
      "The model returned the following errors: service tier 'flex' is not available for this model";
    const { bodies } = await sendTwice(message, {}, { serviceTier: "flex" });
    expect(bodies.map((body) => body.serviceTier)).toEqual([{ type: "flex" }, undefined, undefined]);
  });

  test("the lifetime of cache points", async () => {
    const message = "cachePoint.ttl: Extra inputs are not permitted";
    const model = "global.anthropic.claude-haiku-4-5-20251001-v1:0";
    const { bodies } = await sendTwice(message, { model, topP: undefined }, { cacheTtl: "1h" });
    expect(bodies.map((body) => body.system)).toEqual([
      [{ text: "Be kind." }, { cachePoint: { type: "default", ttl: "1h" } }],
      [{ text: "Be kind." }, { cachePoint: { type: "default" } }],
      [{ text: "Be kind." }, { cachePoint: { type: "default" } }],
    ]);
  });
});

test("a refusal of a field that is left out already is thrown", async () => {
  const { bedrock, model } = await createTestBed({}, { strict: false });
  bedrock.script(() => refuse("This model doesn't support the temperature field."));
  const { error } = await collectOutcome(model, { model: UNKNOWN, temperature: 0.5 });
  expect([error?.code, bedrock.requests.length]).toEqual(["model_refused", 2]);
  model.close();
  await bedrock.stop();
});

test("the guardrail, the tools and the conversation are never left out", async () => {
  const { bedrock, model } = await createTestBed(
    { guardrail: { id: "gr1", version: "3" } },
    { strict: false },
  );
  for (const field of ["guardrailConfig", "tools", "messages", "system"]) {
    bedrock.script([refuse(`This model doesn't support the ${field} field.`), { text: "ok" }]);
    expect(textOf(await collectOutcome(model, { model: UNKNOWN }))).toBe("ok");
    expect(bedrock.requests.at(-1)?.body).toMatchObject({
      guardrailConfig: { guardrailIdentifier: "gr1" },
      toolConfig: { tools: [expect.anything()] },
      messages: [expect.anything()],
      system: [expect.anything()],
    });
  }
  model.close();
  await bedrock.stop();
});

describe("a limit of output tokens below the minimum is raised:", () => {
  for (const message of [
    "The model returned the following errors: Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
    "The maxTokens field must be at least 16.",
    "max_completion_tokens: Input should be greater than or equal to 16",
  ])
    test(message, async () => {
      const { texts, bodies } = await sendTwice(message, {
        maxTokens: 1,
        temperature: undefined,
        topP: undefined,
      });
      expect(texts).toEqual(["one", "two"]);
      expect(bodies.map((body) => body.inferenceConfig)).toEqual([
        { maxTokens: 1 },
        { maxTokens: 16 },
        { maxTokens: 16 },
      ]);
    });
});

describe("a limit of output tokens above the maximum is lowered:", () => {
  for (const message of [
    "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.",
    "max_tokens: 9000 > 4096, which is the maximum allowed number of output tokens for model-1",
    "max_tokens is too large: 9000. This model supports at most 4096 completion tokens, whereas you provided 9000.",
    "The value of maxTokens must be less than or equal to 4096.",
  ])
    test(message, async () => {
      const { texts, bodies } = await sendTwice(message, {
        maxTokens: 9000,
        temperature: undefined,
        topP: undefined,
      });
      expect(texts).toEqual(["one", "two"]);
      expect(bodies.map((body) => body.inferenceConfig)).toEqual([
        { maxTokens: 9000 },
        { maxTokens: 4096 },
        { maxTokens: 4096 },
      ]);
    });
});

describe("a control of thinking that a model refuses is replaced:", () => {
  const drop = { block_binding: { mismatch_behavior: "drop_block" } };
  const anthropic_beta = ["thinking-binding-controls-2026-08-01"];
  const cases: readonly [message: string, model: string, before: object, after: object | undefined][] = [
    [
      '"thinking.type.adaptive" is not supported for this model. Use "thinking.type.enabled" and "budget_tokens" to control thinking behavior.',
      "global.anthropic.claude-6",
      {
        thinking: { type: "adaptive", display: "summarized", ...drop },
        output_config: { effort: "low" },
        anthropic_beta,
      },
      undefined,
    ],
    [
      "adaptive thinking is not supported on this model",
      "global.anthropic.claude-6",
      {
        thinking: { type: "adaptive", display: "summarized", ...drop },
        output_config: { effort: "low" },
        anthropic_beta,
      },
      undefined,
    ],
    [
      "invalid beta flag",
      "global.anthropic.claude-6",
      {
        thinking: { type: "adaptive", display: "summarized", ...drop },
        output_config: { effort: "low" },
        anthropic_beta,
      },
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
    ],
    [
      "thinking: Input tag 'between_tools' found using 'type' does not match any of the expected tags: 'adaptive'",
      "us.anthropic.claude-sonnet-5-5",
      { thinking: { type: "between_tools", ...drop }, anthropic_beta },
      {
        thinking: { type: "adaptive", display: "summarized", ...drop },
        output_config: { effort: "low" },
        anthropic_beta,
      },
    ],
    [
      '"thinking.type.disabled" is not supported for this model.',
      "global.anthropic.claude-opus-5",
      { thinking: { type: "disabled" } },
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
    ],
  ];
  for (const [message, model, before, after] of cases)
    test(message, async () => {
      const text = `The model returned the following errors: ${message}`;
      const { texts, bodies } = await sendTwice(text, { model });
      expect(texts).toEqual(["one", "two"]);
      expect(bodies.map((body) => body.additionalModelRequestFields)).toEqual([before, after, after]);
    });

  test("a budget, by an effort", async () => {
    const message =
      'The model returned the following errors: "thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';
    const model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    const { bodies } = await sendTwice(message, { model, topP: undefined }, { reasoningEffort: "high" });
    expect(bodies.map((body) => body.additionalModelRequestFields)).toEqual([
      { thinking: { type: "enabled", budget_tokens: 32_768 } },
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "high" } },
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "high" } },
    ]);
  });
});

test("a model that bedrock-mantle does not serve under the likelier path is called under the other one", async () => {
  const { bedrock, model, warnings } = await createTestBed({}, { strict: false });
  const id = "openai.daybreak-blue";
  bedrock.script([refuse(`model \`${id}\` isn't supported on this route`), { text: "one" }, { text: "two" }]);
  const outcomes = [await collectOutcome(model, { model: id }), await collectOutcome(model, { model: id })];
  expect(outcomes.map(textOf)).toEqual(["one", "two"]);
  expect(bedrock.requests.map(({ surface }) => surface)).toEqual([
    "mantle /v1",
    "mantle /openai/v1",
    "mantle /openai/v1",
  ]);
  expect(warnings).toEqual([
    `${id} is called with another API or path, because the preferred one refused it.`,
  ]);
  model.close();
  await bedrock.stop();
});

test("a model of an unknown vendor streams with tools, and its limit of output tokens is not cut", async () => {
  const { bedrock, model } = await createTestBed({}, { strict: false });
  bedrock.script([{ text: "ok" }]);
  expect(textOf(await collectOutcome(model, { model: UNKNOWN, maxTokens: 100_000 }))).toBe("ok");
  expect(bedrock.requests[0]).toMatchObject({
    streaming: true,
    body: {
      inferenceConfig: { maxTokens: 100_000 },
      toolConfig: { tools: [{ toolSpec: { name: "search" } }] },
    },
  });
  model.close();
  await bedrock.stop();
});

describe("the context window is learned from a request that was too long:", () => {
  for (const [message, tokens] of [
    ["prompt is too long: 70000 tokens > 64000 maximum", 64_000],
    ["This model's maximum context length is 32768 tokens. Please reduce the length of the prompt", 32_768],
    ["Prompt contains 40000 tokens, too large for model with 32000 maximum context length", 32_000],
    ["400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9000", 8192],
  ] as const)
    test(message, async () => {
      const { bedrock, model } = await createTestBed({}, { strict: false });
      bedrock.script([refuse(message)]);
      const messages = [createUserMessage("long")];
      const { error } = await collectOutcome(model, { model: UNKNOWN, messages });
      expect([error?.code, bedrock.requests.length]).toEqual(["context_exceeded", 1]);
      expect(model.limits(UNKNOWN).contextTokens).toBe(tokens);
      model.close();
      await bedrock.stop();
    });
});
