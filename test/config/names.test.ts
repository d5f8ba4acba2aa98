import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { environmentNames, findSettingByKey, formatSuggestion, SETTINGS } from "../../src/config/names.ts";

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

describe("names of the replaced systems", () => {
  const loadFile = (text: string) =>
    loadConfig({
      argv: ["--config", "a.yaml"],
      environment: {},
      readFile: (path) => (path === "a.yaml" ? text : undefined),
    });

  test("A config file takes every environment name, in any case of letters, with and without its prefix.", () => {
    const missing = Object.entries(NAMES).filter(([variable, setting]) =>
      [variable, variable.toLowerCase(), variable.replace(/^BEDROCK_/, "").toLowerCase()].some(
        (key) => (findSettingByKey(key) as string) !== setting,
      ),
    );
    expect(missing).toEqual([]);
  });

  test("A config file takes the names of the documents.", () => {
    const { config, warnings } = loadFile(
      "bedrock_model_id: a.b\ncustom_system_prompt: Hi\nEnable_UI: false\naws_region: eu-west-1\nTool_Call_Cache_Size: 5\n" +
        "api_call_timeout: 10\nconversation_history_limit: 20\n",
    );
    const { model, systemPrompt, enableUi, region, timeout, maxConversationMessages } = config;
    expect([model, systemPrompt, enableUi, region, timeout, maxConversationMessages]).toEqual([
      "a.b",
      "Hi",
      false,
      "eu-west-1",
      10,
      20,
    ]);
    expect(warnings).toEqual([
      "a.yaml Tool_Call_Cache_Size: this setting of an older system has no counterpart and is ignored",
    ]);
  });

  test("A config file may hold the keys of AWS. The environment and .env win.", () => {
    const { awsEnvironment, warnings } = loadConfig({
      argv: ["--config", "a.yaml"],
      environment: { AWS_SECRET_ACCESS_KEY: "environment" },
      readFile: (path) =>
        path === "a.yaml"
          ? "aws_access_key_id: file\nAWS_SECRET_ACCESS_KEY: file\nAWS_ROLE_ARN: file\nnode_env: production\n"
          : path === ".env"
            ? "AWS_ACCESS_KEY_ID=dotenv"
            : undefined,
    });
    expect(awsEnvironment).toEqual({ AWS_ACCESS_KEY_ID: "dotenv", AWS_ROLE_ARN: "file" });
    expect(warnings).toEqual([
      "a.yaml node_env: this setting of an older system has no counterpart and is ignored",
    ]);
  });

  test("Variables are read in any case of letters, and the exact name wins.", () => {
    const load = (environment: Record<string, string>) =>
      loadConfig({
        argv: [],
        environment,
        readFile: (path) => (path === ".env" ? "bedrock_max_tokens=7" : undefined),
      });
    expect(load({ Bedrock_Temperature: "0.5", max_tool_calls: "3" }).config).toMatchObject({
      temperature: 0.5,
      maxToolCalls: 3,
      maxTokens: 7,
    });
    expect(load({ bedrock_top_p: "0.1", BEDROCK_TOP_P: "0.2" }).config.topP).toBe(0.2);
    expect(load({ bedrock_top_q: "1" }).warnings).toEqual(["environment bedrock_top_q: unknown setting"]);
  });
});
