/** Settings of operation: config file, data, log and traces. */
import { oneOf, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Operation");

export const operationGroup = {
  config: optional(text("FILE"), "YAML or JSON file of settings"),
  dataDir: setting(text("FOLDER"), "./.specchat", "directory for persistent data; created on demand", {
    env: ["STATE_DIRECTORY"],
  }),
  logLevel: setting(
    oneOf(["debug", "info", "warning", "error", "silent"], {
      warn: "warning",
      critical: "error",
      fatal: "error",
    }),
    "info",
    "minimum level of log lines",
    { env: ["LOG_LEVEL"] },
  ),
  healthDetails: setting(
    toggle(),
    false,
    "show the AWS account, and roles in problems, in health responses, which everyone can read",
  ),
  logApiCalls: setting(toggle(), false, "log each API call, without its values", {
    env: ["BEDROCK_LOG_API_CALLS"],
  }),
  logErrors: setting(toggle(), true, "log each failed turn", {
    env: ["BEDROCK_LOG_ERRORS"],
  }),
  tracingProvider: optional(
    oneOf(["phoenix", "langsmith", "none"]),
    "trace exporter for model calls (OTLP); phoenix if --phoenix-endpoint is set",
    { env: ["TRACING_PROVIDER"] },
  ),
  phoenixEndpoint: optional(
    text("URL"),
    "OTLP/HTTP endpoint for traces; http://localhost:6006/v1/traces when unset",
    { env: ["PHOENIX_ENDPOINT"] },
  ),
  debugMode: setting(
    toggle(),
    false,
    "log at debug level, with model requests, tool calls and their content",
    { env: ["DEBUG_MODE"] },
  ),
};
