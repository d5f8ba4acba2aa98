/** Which models the Responses API serves where, and what they support there. Written from the facts, not from the table. */
import type { Refusal } from "../refusal.ts";

/** The API of a request. The Responses API is served on bedrock-runtime and, under two paths, on bedrock-mantle. */
export type Surface = "converse" | "responses" | "mantle /openai/v1" | "mantle /v1";

export interface ResponsesFamily {
  /** `breakpoints`: cached at breakpoints. `automatic`: any prefix is cached. */
  readonly cache: "breakpoints" | "automatic" | "none";
  readonly efforts: readonly string[];
  /** `one`: a temperature of 1 alone. */
  readonly sampling: "none" | "one" | "both";
  readonly images: boolean;
  readonly acceptsReasoning: boolean;
  readonly contextTokens: number;
  readonly maxTokens: number;
}

const gpt: ResponsesFamily = {
  cache: "breakpoints",
  efforts: ["none", "low", "medium", "high", "xhigh", "max"],
  sampling: "none",
  images: true,
  acceptsReasoning: true,
  contextTokens: 1_050_000,
  maxTokens: 128_000,
};
const gemma: ResponsesFamily = {
  ...gpt,
  cache: "none",
  efforts: ["none", "low", "medium", "high"],
  sampling: "one",
  acceptsReasoning: false,
  contextTokens: 256_000,
  maxTokens: 32_768,
};

/** Bare id → family, and the surfaces that serve it. */
const FAMILIES: readonly (readonly [RegExp, readonly Surface[], ResponsesFamily])[] = [
  [
    /^openai\.gpt-6/,
    ["responses", "mantle /openai/v1"],
    { ...gpt, efforts: gpt.efforts.filter((effort) => effort !== "none") },
  ],
  [/^openai\.gpt-5\.6-cyber/, ["mantle /openai/v1"], gpt],
  [/^openai\.daybreak-blue/, ["mantle /v1"], gpt],
  [/^openai\.gpt-5\.6/, ["responses", "mantle /openai/v1"], gpt],
  [/^openai\.gpt-5\.[45]/, ["mantle /openai/v1"], { ...gpt, cache: "automatic" }],
  [
    /^xai\.grok-4\.[67]/,
    ["responses", "mantle /openai/v1"],
    { ...gpt, cache: "automatic", efforts: ["low", "medium", "high", "xhigh"], contextTokens: 500_000 },
  ],
  [
    /^xai\.grok-4\.3/,
    ["mantle /openai/v1"],
    { ...gpt, cache: "automatic", efforts: ["none", "low", "medium", "high", "xhigh"] },
  ],
  [/^google\.gemma-4-e2b/, ["mantle /openai/v1"], { ...gemma, contextTokens: 128_000 }],
  [/^google\.gemma-4/, ["mantle /openai/v1"], gemma],
  [/^openai\.gpt-oss/, ["mantle /v1"], { ...gpt, cache: "none", sampling: "both", images: false }],
];

const PROFILE = /^(us|global|in)\./;

/** Returns the family of a model on a surface, or the service's refusal. */
export function findResponsesFamily(model: string, surface: Surface): ResponsesFamily | Refusal {
  const bare = model.replace(PROFILE, "");
  const found = FAMILIES.find(([pattern, surfaces]) => pattern.test(bare) && surfaces.includes(surface));
  if (!found) return badRequest(`model \`${model}\` isn't supported on this route`);
  if (surface === "responses" && bare === model)
    return badRequest(
      `Invocation of model ID ${model} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    );
  if (surface !== "responses" && bare !== model)
    return { status: 404, type: "model_not_found", message: `The model '${model}' does not exist.` };
  return found[2];
}

export function badRequest(message: string, type = "invalid_request_error"): Refusal {
  return { status: 400, type, message };
}
