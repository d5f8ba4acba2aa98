/** Every metric, declared once: its name, type, labels and meaning. The table of the manual is compared with this one by a test. */

interface Declaration<Type extends string, Label extends string> {
  readonly type: Type;
  /** A counter's samples have the suffix `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

export type CounterDeclaration<Label extends string = string> = Declaration<"counter", Label>;
export type GaugeDeclaration<Label extends string = string> = Declaration<"gauge", Label>;
export interface HistogramDeclaration<Label extends string = string> extends Declaration<"histogram", Label> {
  /** The upper bounds of the buckets, ascending, without infinity. */
  readonly buckets: readonly number[];
}
export type MetricDeclaration = CounterDeclaration | GaugeDeclaration | HistogramDeclaration;

function counter<Label extends string = never>(
  name: string,
  help: string,
  ...labels: readonly Label[]
): CounterDeclaration<Label> {
  return { type: "counter", name, help, labels };
}

function gauge<Label extends string = never>(
  name: string,
  help: string,
  ...labels: readonly Label[]
): GaugeDeclaration<Label> {
  return { type: "gauge", name, help, labels };
}

function histogram<Label extends string = never>(
  name: string,
  buckets: readonly number[],
  help: string,
  ...labels: readonly Label[]
): HistogramDeclaration<Label> {
  return { type: "histogram", name, help, labels, buckets };
}

const SECONDS = [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];
const SHORT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The buckets of durations and of tokens in the GenAI conventions. */
const OPERATION_SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);
const GEN_AI = [
  "gen_ai_operation_name",
  "gen_ai_provider_name",
  "gen_ai_request_model",
  "gen_ai_response_model",
] as const;

/**
 * The names that begin with `bedrock_` are those of the replaced systems, those that begin with `gen_ai_` are of the conventions:
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
 */
export const METRICS = {
  requests: counter(
    "bedrock_chat_requests",
    "Turns and requests to agents that have ended. The reason is a stop reason or an error code.",
    "outcome",
    "reason",
  ),
  responseSeconds: histogram(
    "bedrock_chat_response_seconds",
    SECONDS,
    "Seconds from a message to the end of its reply.",
  ),
  toolCalls: counter("bedrock_tool_calls", "Tool calls by operation.", "endpoint", "status"),
  tokens: counter(
    "bedrock_chat_tokens",
    "Tokens of model calls: input, output, cache_read, cache_write.",
    "model",
    "kind",
  ),
  cost: counter("bedrock_chat_cost_usd", "Cost of model calls in USD.", "model"),
  unpricedTokens: counter("bedrock_chat_unpriced_tokens", "Tokens of models without a known price.", "model"),
  notices: counter(
    "bedrock_chat_notices",
    "Notices in turns: retries, fallbacks, waiting, trimmed histories, files that a model cannot read.",
    "code",
  ),
  turnsRunning: gauge("specchat_turns_running", "Turns that run in this process."),
  turnsQueued: gauge("specchat_turns_queued", "Messages that wait for the turn before them."),
  turnRounds: histogram("specchat_turn_rounds", [1, 2, 3, 5, 8, 13, 21], "Model calls of a turn."),
  modelCalls: counter(
    "specchat_model_calls",
    "Model calls. The outcome is a stop reason or an error code.",
    "model",
    "outcome",
  ),
  modelSeconds: histogram(
    "gen_ai_client_operation_duration_seconds",
    OPERATION_SECONDS,
    "Seconds of a model call with its retries. Without an error, error_type is empty.",
    ...GEN_AI,
    "error_type",
  ),
  firstTokenSeconds: histogram(
    "gen_ai_client_operation_time_to_first_chunk_seconds",
    OPERATION_SECONDS,
    "Seconds from a model call to its first text, reasoning or tool call, with the wait in the queue.",
    ...GEN_AI,
  ),
  tokenUsage: histogram(
    "gen_ai_client_token_usage",
    TOKENS,
    "Tokens of a model call: input, with those of the cache, and output.",
    ...GEN_AI,
    "gen_ai_token_type",
  ),
  tokenSeconds: histogram(
    "specchat_model_token_seconds",
    [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5],
    "Seconds per output token after the first one.",
    "model",
  ),
  modelRetries: counter("specchat_model_retries", "Retries of model calls.", "model"),
  modelFallbacks: counter(
    "specchat_model_fallbacks",
    "Replies of a fallback model, by the requested one.",
    "model",
  ),
  modelActive: gauge("specchat_model_calls_active", "Model calls in progress.", "model", "region"),
  modelQueued: gauge("specchat_model_calls_queued", "Model calls that wait in the queue.", "model", "region"),
  breakerOpen: gauge(
    "specchat_breaker_open",
    "1 while the circuit breaker of a model is open.",
    "model",
    "region",
  ),
  cacheHitRatio: gauge(
    "specchat_prompt_cache_hit_ratio",
    "Share of the input tokens that were read from the prompt cache, since the start.",
    "model",
  ),
  toolSeconds: histogram("specchat_tool_call_seconds", SECONDS, "Seconds of a tool call.", "status"),
  approvalsWaiting: gauge("specchat_approvals_waiting", "Turns in memory that wait for an approval."),
  sessions: gauge("specchat_sessions", "Sessions in memory."),
  sockets: gauge("specchat_sockets", "Open WebSockets."),
  feedback: counter("specchat_feedback", "Ratings of replies by people.", "rating", "model"),
  resumes: counter(
    "specchat_resumes",
    "Clients that came back: missed events replayed, or a snapshot when they are no longer kept.",
    "outcome",
  ),
  replayedEvents: counter("specchat_replayed_events", "Events replayed to clients that came back."),
  storeSeconds: histogram(
    "specchat_store_seconds",
    SHORT_SECONDS,
    "Seconds of an operation of the session store.",
    "operation",
    "outcome",
  ),
  httpRequests: counter(
    "specchat_http_requests",
    "HTTP requests by route. Status 101 is an upgrade to a WebSocket.",
    "route",
    "method",
    "status",
  ),
  httpErrors: counter(
    "specchat_http_errors",
    "HTTP requests that were refused or failed, by error code.",
    "code",
  ),
  limited: counter(
    "specchat_limited",
    "Requests and turns that a limit refused, by whom it applies to and what it counts.",
    "scope",
    "kind",
  ),
  tools: gauge("specchat_tools", "Tools of the loaded documents, custom tools and MCP servers."),
  apiLoaded: gauge("specchat_api_loaded", "1 when the API documents are loaded."),
  documentsOutdated: gauge(
    "specchat_documents_outdated",
    "Documents whose newest version cannot be loaded, so that the previous one stays in use.",
  ),
  logLines: counter("specchat_log_lines", "Log lines by level, with those that were only counted.", "level"),
  configReloads: counter("specchat_config_reloads", "Reloads of the settings on SIGHUP.", "outcome"),
  eventLoopLag: histogram(
    "specchat_event_loop_lag_seconds",
    SHORT_SECONDS,
    "Seconds that a timer fires late, measured twice a second.",
  ),
  heapBytes: gauge("specchat_heap_bytes", "Bytes of JavaScript objects in memory."),
  residentMemory: gauge("process_resident_memory_bytes", "Resident memory in bytes."),
  cpuSeconds: counter("process_cpu_seconds", "CPU time of the process in seconds."),
  startTime: gauge("process_start_time_seconds", "Start of the process, in seconds since 1970."),
  buildInfo: gauge("specchat_build_info", "1, with the version of specchat.", "version"),
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

type NameOf<Type extends string> = {
  [Name in keyof typeof METRICS]: (typeof METRICS)[Name]["type"] extends Type ? Name : never;
}[keyof typeof METRICS];

export type CounterName = NameOf<"counter">;
export type GaugeName = NameOf<"gauge">;
export type HistogramName = NameOf<"histogram">;

/** The labels of a metric. */
export type LabelsOf<Name extends keyof typeof METRICS> = Readonly<
  Record<(typeof METRICS)[Name]["labels"][number], string>
>;
