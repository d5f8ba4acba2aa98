import { expect, test } from "bun:test";
import { environmentNames, formatSuggestion, SETTINGS } from "../../src/config/names.ts";

/** The environment names in the documents of the five replaced systems, and their settings. */
const NAMES: Readonly<Record<string, string>> = {
  ALLOWED_ORIGINS: "allowedOrigins",
  AWS_DEFAULT_REGION: "region",
  AWS_PROFILE: "profile",
  AWS_REGION: "region",
  BEDROCK_ALLOWED_PATHS: "allowedPaths",
  BEDROCK_EXCLUDED_PATHS: "excludedPaths",
  BEDROCK_EXPONENTIAL_BACKOFF: "exponentialBackoff",
  BEDROCK_FALLBACK_MODEL: "fallbackModel",
  BEDROCK_GRACEFUL_DEGRADATION: "gracefulDegradation",
  BEDROCK_JITTER: "jitter",
  BEDROCK_MAX_CONCURRENT_REQUESTS: "maxConcurrentRequests",
  BEDROCK_MAX_CONVERSATION_MESSAGES: "maxConversationMessages",
  BEDROCK_MAX_INPUT_SIZE: "maxInputSize",
  BEDROCK_MAX_RETRIES: "maxRetries",
  BEDROCK_MAX_SESSIONS: "maxSessions",
  BEDROCK_MAX_TOKENS: "maxTokens",
  BEDROCK_MAX_TOOL_CALLS: "maxToolCalls",
  BEDROCK_MAX_TOOL_CALL_ROUNDS: "maxToolCallRounds",
  BEDROCK_MODEL_ARNS: "models",
  BEDROCK_MODEL_ID: "model",
  BEDROCK_PROFILE: "profile",
  BEDROCK_REQUEST_QUEUE_SIZE: "requestQueueSize",
  BEDROCK_RETRY_DELAY: "retryDelay",
  BEDROCK_SESSION_TIMEOUT: "sessionTimeout",
  BEDROCK_SYSTEM_PROMPT: "systemPrompt",
  BEDROCK_TEMPERATURE: "temperature",
  BEDROCK_TIMEOUT: "timeout",
  BEDROCK_TOP_P: "topP",
  CORS_ORIGINS: "allowedOrigins",
  DASHBOARD_ORIGIN: "allowedOrigins",
  DEBUG_MODE: "debugMode",
  DEFAULT_TEMPERATURE: "temperature",
  ENABLE_BEDROCK_UI: "enableUi",
  LOG_LEVEL: "logLevel",
  MAX_TOOL_CALLS: "maxToolCalls",
  PORT: "port",
  TEMPERATURE: "temperature",
  TIMEOUT: "timeout",
};

test("every environment name of the replaced systems belongs to its setting only", () => {
  const found = Object.keys(NAMES).map((variable) => [
    variable,
    SETTINGS.filter(([name]) => environmentNames(name).includes(variable))
      .map(([name]) => name)
      .join(),
  ]);
  expect(Object.fromEntries(found)).toEqual(NAMES);
});

test("no environment name belongs to two settings", () => {
  const names = SETTINGS.flatMap(([name]) => environmentNames(name));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("`formatSuggestion()` suggests similar names only", () => {
  const known = ["--port", "--model", "--max-tokens"];
  expect(
    ["--prot", "--mdoel", "--maxtokens", "--zebra", "-x"].map((wrong) => formatSuggestion(wrong, known)),
  ).toEqual([" (did you mean --port?)", " (did you mean --model?)", " (did you mean --max-tokens?)", "", ""]);
  expect(formatSuggestion("--prot", [])).toBe("");
});
