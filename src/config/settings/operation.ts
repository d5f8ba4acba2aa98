import { oneOf, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Operation");

export const operationGroup = {
  config: optional(text("FILE"), "settings from a YAML or JSON file"),
  dataDir: setting(
    text("FOLDER"),
    "./.specchat",
    "where data lies that memory has no room for; made when it is needed",
    { env: ["STATE_DIRECTORY"] },
  ),
  logLevel: setting(
    oneOf(["debug", "info", "warning", "error", "silent"], {
      warn: "warning",
      critical: "error",
      fatal: "error",
    }),
    "info",
    "what the log holds",
    { env: ["LOG_LEVEL"] },
  ),
  logApiCalls: setting(toggle(), false, "a line of the log for each call of the API, without its values", {
    env: ["BEDROCK_LOG_API_CALLS"],
  }),
  logErrors: setting(toggle(), true, "a line of the log for each turn that failed", {
    env: ["BEDROCK_LOG_ERRORS"],
  }),
  tracingProvider: optional(
    oneOf(["phoenix", "langsmith", "none"]),
    "where model calls are told of as spans: a collector that speaks OTLP, as Phoenix does; unset: there where --phoenix-endpoint is set",
    { env: ["TRACING_PROVIDER"] },
  ),
  phoenixEndpoint: optional(
    text("URL"),
    "address of that collector for traces over HTTP; http://localhost:6006/v1/traces when unset",
    { env: ["PHOENIX_ENDPOINT"] },
  ),
  debugMode: setting(toggle(), false, "log at debug level", { env: ["DEBUG_MODE"] }),
};
