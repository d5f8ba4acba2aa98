/** Settings of the model and of Amazon Bedrock. */
import { integer, list, number, oneOf, repeated, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("The model");

/** The default of --model, the cheapest current one that answers well in November 2026. A global profile works in every commercial region. */
export const DEFAULT_MODEL = "global.anthropic.claude-haiku-5-5";

export const modelGroup = {
  model: setting(
    text("ID"),
    DEFAULT_MODEL,
    "model ID, inference profile or ARN; `demo` is the built-in demo model",
    { env: ["BEDROCK_MODEL_ID"] },
  ),
  models: setting(
    list("ID,…"),
    [],
    "models that clients may choose; the first is the default when --model is not set",
    { env: ["BEDROCK_MODEL_ARNS"] },
  ),
  region: setting(text("REGION"), "us-east-1", "AWS region of Bedrock", {
    env: ["AWS_REGION", "AWS_DEFAULT_REGION"],
  }),
  profile: optional(text("NAME"), "profile in the AWS configuration files", {
    env: ["AWS_PROFILE", "BEDROCK_PROFILE"],
  }),
  temperature: optional(number({ min: 0, max: 1 }), "sampling temperature; the model's default when unset", {
    env: ["BEDROCK_TEMPERATURE", "TEMPERATURE", "DEFAULT_TEMPERATURE"],
  }),
  topP: optional(number({ min: 0, max: 1 }), "nucleus sampling (top-p); the model's default when unset", {
    env: ["BEDROCK_TOP_P"],
  }),
  maxTokens: setting(integer({ min: 1 }), 4096, "maximum output tokens of a model call", {
    env: ["BEDROCK_MAX_TOKENS"],
  }),
  systemPrompt: optional(text("TEXT"), "system prompt, instead of the built-in one", {
    env: ["BEDROCK_SYSTEM_PROMPT"],
  }),
  maxRetries: setting(integer({ min: 0 }), 3, "maximum retries of a throttled or failed model call", {
    env: ["BEDROCK_MAX_RETRIES"],
  }),
  retryDelay: setting(number({ above: 0 }), 1, "seconds before the first retry", {
    env: ["BEDROCK_RETRY_DELAY"],
  }),
  exponentialBackoff: setting(toggle(), true, "double the delay before each further retry", {
    env: ["BEDROCK_EXPONENTIAL_BACKOFF"],
  }),
  jitter: setting(toggle(), true, "randomize the retry delay, so that retries are spread out", {
    env: ["BEDROCK_JITTER"],
  }),
  connectTimeout: setting(number({ above: 0 }), 5, "time limit for connecting to Bedrock, in seconds"),
  silenceTimeout: setting(
    number({ above: 0 }),
    120,
    "time limit without data from Bedrock during a call, in seconds",
  ),
  fallbackModel: setting(
    list("ID,…"),
    [],
    "models to use, in this order, when the requested one is throttled, failing or retired; region/ID or ID@region for another region",
    { env: ["BEDROCK_FALLBACK_MODEL"] },
  ),
  gracefulDegradation: setting(toggle(), true, "use the fallback models", {
    env: ["BEDROCK_GRACEFUL_DEGRADATION"],
  }),
  breakerFailures: setting(
    integer({ min: 1 }),
    5,
    "consecutive failed calls that open a model's circuit breaker",
    { env: ["BEDROCK_CIRCUIT_BREAKER_THRESHOLD"] },
  ),
  breakerRecovery: setting(number({ above: 0 }), 30, "seconds that the circuit breaker stays open", {
    env: ["BEDROCK_CIRCUIT_BREAKER_RECOVERY"],
  }),
  maxConcurrentRequests: setting(
    integer({ min: 1 }),
    500,
    "maximum concurrent calls per model; lowered while Bedrock throttles",
    { env: ["BEDROCK_MAX_CONCURRENT_REQUESTS"] },
  ),
  requestQueueSize: setting(
    integer({ min: 0 }),
    1000,
    "maximum queued model calls; the queue is fair between callers",
    { env: ["BEDROCK_REQUEST_QUEUE_SIZE"] },
  ),
  modelFamily: optional(
    text("ID"),
    "model ID, or its beginning, behind an application inference profile, whose ARN does not contain it",
    { env: ["BEDROCK_MODEL_FAMILY"] },
  ),
  bedrockEndpoint: optional(
    text("URL"),
    "Bedrock endpoint, instead of the region's; AWS_ENDPOINT_URL_BEDROCK_RUNTIME also works",
    { env: ["BEDROCK_ENDPOINT_URL"] },
  ),
  mantleEndpoint: optional(text("URL"), "endpoint of bedrock-mantle, instead of the region's", {
    env: ["BEDROCK_MANTLE_ENDPOINT_URL"],
  }),
  guardrailId: optional(text("ID|ARN"), "guardrail for every model call", {
    env: ["BEDROCK_GUARDRAIL_ID"],
  }),
  guardrailVersion: setting(text("N|DRAFT"), "DRAFT", "version of the guardrail", {
    env: ["BEDROCK_GUARDRAIL_VERSION"],
  }),
  knowledgeBase: setting(
    list("ID,…"),
    [],
    "knowledge bases of Amazon Bedrock that the assistant can search with a read-only tool",
    { env: ["BEDROCK_KNOWLEDGE_BASES"] },
  ),
  agentEndpoint: optional(
    text("URL"),
    "endpoint of agents and knowledge bases, instead of the region's; AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME also works",
    { env: ["BEDROCK_AGENT_ENDPOINT_URL"] },
  ),
  stopSequences: setting(repeated("TEXT"), [], "stop sequence; not sent to models that do not support it", {
    env: ["BEDROCK_STOP_SEQUENCES"],
  }),
  reasoningTokens: optional(
    integer({ min: 1 }),
    "token budget for reasoning, where the model supports it; without it and --reasoning-effort as little as possible",
    { env: ["BEDROCK_REASONING_TOKENS"] },
  ),
  reasoningEffort: optional(
    oneOf(["low", "medium", "high", "max"]),
    "how much the model reasons before it replies, where it supports that",
    { env: ["BEDROCK_REASONING_EFFORT"] },
  ),
  cachePoints: setting(
    toggle(),
    true,
    "cache prompts where the model supports it; repeated input costs a tenth",
    {
      env: ["BEDROCK_CACHE_POINTS"],
    },
  ),
  cacheTtl: setting(
    oneOf(["5m", "1h"]),
    "5m",
    "lifetime of cached prompts, where the model has a choice; an hour doubles the price of writing to the cache",
    { env: ["BEDROCK_CACHE_TTL"] },
  ),
  serviceTier: setting(
    oneOf(["default", "flex", "priority"]),
    "default",
    "service tier, where the model has it: flex is slower and half the price, priority is faster and dearer",
    { env: ["BEDROCK_SERVICE_TIER"] },
  ),
  requestMetadata: setting(
    repeated("KEY=VALUE", parseMetadata),
    [],
    "entry for the invocation logs of AWS, for example team=support to split the cost; not sent to models of the Responses API",
    { env: ["BEDROCK_REQUEST_METADATA"] },
  ),
  prices: optional(
    text("FILE"),
    'JSON file of prices in USD per million tokens, instead of the built-in ones: {"<model ID or its beginning>": {"input": 1, "output": 5, "cacheRead": 0.1, "cacheWrite": 1.25}}',
    { env: ["BEDROCK_PRICES"] },
  ),
};

/** Key and value, up to 256 characters each: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const METADATA = /^[a-zA-Z0-9\s:_@$#/+,.-]{1,256}=[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

function parseMetadata(entry: string): string {
  if (METADATA.test(entry)) return entry;
  throw new Error("KEY=VALUE of up to 256 letters, digits, spaces and : _ @ $ # / + , . - each");
}
