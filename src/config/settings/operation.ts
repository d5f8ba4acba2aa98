/** Settings of operation: config file, data, log and traces. */
import { integer, list, number, oneOf, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Operation");

export const operationGroup = {
  config: optional(text("FILE"), "YAML or JSON file of settings"),
  environmentFile: optional(
    text("FILE"),
    "file of environment variables, as systemd reads it, whose values win over the environment; read again on SIGHUP",
  ),
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
  logFormat: optional(
    oneOf(["json", "pretty", "agent"]),
    "format of log lines: json, pretty, or that of the bedrock-agent protocol; json when unset, and pretty in a terminal",
    { env: ["LOG_FORMAT"] },
  ),
  logFile: optional(text("FILE"), "file of the log, instead of standard error", { env: ["LOG_FILE"] }),
  logMaxSize: setting(
    integer({ min: 0 }),
    100_000_000,
    "bytes after which the log file is renamed to FILE.1 and a new one begins; 0 never renames it",
  ),
  logMaxDays: setting(
    number({ min: 0 }),
    0,
    "days after which the log file is renamed and a new one begins; 0 does not look at its age",
  ),
  logKeep: setting(integer({ min: 0, max: 1000 }), 5, "number of renamed log files to keep"),
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
    oneOf(["otlp", "phoenix", "langsmith", "none"]),
    "export of traces over OTLP; otlp and phoenix are the same, and on when --phoenix-endpoint is set",
    { env: ["TRACING_PROVIDER"] },
  ),
  phoenixEndpoint: optional(
    text("URL"),
    "OTLP/HTTP endpoint for traces, of any collector; http://localhost:6006/v1/traces when unset",
    { env: ["PHOENIX_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] },
  ),
  traceHeaders: setting(
    list("NAME=VALUE,…", parseTraceHeader),
    [],
    "headers for the collector of traces, such as its credentials",
    { env: ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"], secret: true },
  ),
  traceSample: setting(
    number({ min: 0, max: 1 }),
    1,
    "share of traces to export, from 0 to 1; a trace that the client samples is always exported",
  ),
  traceContent: setting(
    toggle(),
    false,
    "export the content of messages, tool calls and results with the traces",
  ),
  metricsPort: optional(
    integer({ min: 0, max: 65535 }),
    "port for /metrics and health checks; /metrics is then not on --port; 0 picks a free one",
  ),
  debugMode: setting(
    toggle(),
    false,
    "log at debug level, with model requests, tool calls and their content",
    { env: ["DEBUG_MODE"] },
  ),
};

/** Parses a header as OpenTelemetry writes it: NAME=VALUE, percent-encoded. @throws Error whose message names the allowed values. */
function parseTraceHeader(entry: string): string {
  const found = /^([\w!#$%&'*+.^`|~-]+)=([\x20-\x7e]+)$/.exec(entry.trim());
  if (!found) throw new Error("a header of the form NAME=VALUE");
  const [, name = "", value = ""] = found;
  return `${name}=${decodeLeniently(value)}`;
}

function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
