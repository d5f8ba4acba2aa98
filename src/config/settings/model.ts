import { integer, list, number, repeated, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("The model");

/** Active in July 2026; a global profile works from every commercial region. */
export const DEFAULT_MODEL = "global.anthropic.claude-haiku-4-5-20251001-v1:0";

export const modelGroup = {
  model: setting(
    text("ID"),
    DEFAULT_MODEL,
    "model id, inference profile or ARN; `demo` is the built-in one",
    { env: ["BEDROCK_MODEL_ID"] },
  ),
  models: setting(
    list("ID,…"),
    [],
    "models a client may choose; the first is the default when --model is not set",
    { env: ["BEDROCK_MODEL_ARNS"] },
  ),
  region: setting(text("REGION"), "us-east-1", "AWS region of Bedrock", {
    env: ["AWS_REGION", "AWS_DEFAULT_REGION"],
  }),
  profile: optional(text("NAME"), "profile of the AWS configuration files", {
    env: ["AWS_PROFILE", "BEDROCK_PROFILE"],
  }),
  temperature: optional(number({ min: 0, max: 1 }), "sampling temperature; the model's own when unset", {
    env: ["BEDROCK_TEMPERATURE", "TEMPERATURE", "DEFAULT_TEMPERATURE"],
  }),
  topP: optional(number({ min: 0, max: 1 }), "nucleus sampling; the model's own when unset", {
    env: ["BEDROCK_TOP_P"],
  }),
  maxTokens: setting(integer({ min: 1 }), 4096, "tokens an answer may have", {
    env: ["BEDROCK_MAX_TOKENS"],
  }),
  systemPrompt: optional(text("TEXT"), "what the assistant is told of itself, instead of the built-in text", {
    env: ["BEDROCK_SYSTEM_PROMPT"],
  }),
  maxRetries: setting(integer({ min: 0 }), 3, "how often a throttled or broken model call is tried again", {
    env: ["BEDROCK_MAX_RETRIES"],
  }),
  retryDelay: setting(number({ above: 0 }), 1, "seconds before the first retry", {
    env: ["BEDROCK_RETRY_DELAY"],
  }),
  exponentialBackoff: setting(toggle(), true, "double the wait before each further retry", {
    env: ["BEDROCK_EXPONENTIAL_BACKOFF"],
  }),
  jitter: setting(toggle(), true, "wait a random part of it, so that not all come back at once", {
    env: ["BEDROCK_JITTER"],
  }),
  connectTimeout: setting(number({ above: 0 }), 5, "seconds to connect to Bedrock"),
  silenceTimeout: setting(number({ above: 0 }), 120, "seconds Bedrock may be silent within a call"),
  fallbackModel: setting(
    list("ID,…"),
    [],
    "models that answer, in this order, when the one asked is throttled, broken or retired; one in another region is region/ID or ID@region",
    { env: ["BEDROCK_FALLBACK_MODEL"] },
  ),
  gracefulDegradation: setting(toggle(), true, "let the fallback models answer", {
    env: ["BEDROCK_GRACEFUL_DEGRADATION"],
  }),
  breakerFailures: setting(
    integer({ min: 1 }),
    5,
    "failed calls in a row after which a model is not asked for a while",
    { env: ["BEDROCK_CIRCUIT_BREAKER_THRESHOLD"] },
  ),
  breakerRecovery: setting(number({ above: 0 }), 30, "seconds it is then not asked", {
    env: ["BEDROCK_CIRCUIT_BREAKER_RECOVERY"],
  }),
  maxConcurrentRequests: setting(
    integer({ min: 1 }),
    500,
    "calls of one model at once; fewer while Bedrock throttles",
    { env: ["BEDROCK_MAX_CONCURRENT_REQUESTS"] },
  ),
  requestQueueSize: setting(
    integer({ min: 0 }),
    1000,
    "calls that may wait for their turn; callers take turns",
    { env: ["BEDROCK_REQUEST_QUEUE_SIZE"] },
  ),
  modelFamily: optional(
    text("ID"),
    "the model behind an application inference profile, whose ARN does not tell: a model id or its beginning",
    { env: ["BEDROCK_MODEL_FAMILY"] },
  ),
  bedrockEndpoint: optional(
    text("URL"),
    "address of Bedrock instead of the region's own (AWS_ENDPOINT_URL_BEDROCK_RUNTIME works too)",
    { env: ["BEDROCK_ENDPOINT_URL"] },
  ),
  guardrailId: optional(text("ID|ARN"), "guardrail that every model call passes", {
    env: ["BEDROCK_GUARDRAIL_ID"],
  }),
  guardrailVersion: setting(text("N|DRAFT"), "DRAFT", "version of the guardrail", {
    env: ["BEDROCK_GUARDRAIL_VERSION"],
  }),
  stopSequences: setting(
    repeated("TEXT"),
    [],
    "a text at which the model stops; models without this are not sent it",
    { env: ["BEDROCK_STOP_SEQUENCES"] },
  ),
  reasoningTokens: optional(
    integer({ min: 1 }),
    "tokens a model that can may think with before it answers; unset: it does not",
    { env: ["BEDROCK_REASONING_TOKENS"] },
  ),
  cachePoints: setting(toggle(), true, "cache prompts where the model can: repeated input costs a tenth", {
    env: ["BEDROCK_CACHE_POINTS"],
  }),
  prices: optional(
    text("FILE"),
    'JSON file of prices instead of the built-in ones, USD per million tokens: {"<model id or its beginning>": {"input": 1, "output": 5, "cacheRead": 0.1, "cacheWrite": 1.25}}',
    { env: ["BEDROCK_PRICES"] },
  ),
};
