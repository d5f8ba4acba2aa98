/** The panels of the dashboard: titles, units and queries. */
import { lines, type Panel, type PanelRow, quantiles, rate, SELECTED, stat, total } from "./panels.ts";

const NOW: readonly Panel[] = [
  stat("Turns running", "short", total("specchat_turns_running", "job")),
  stat("Messages queued", "short", total("specchat_turns_queued", "job")),
  stat("Sessions", "short", total("specchat_sessions", "job")),
  stat("WebSockets", "short", total("specchat_sockets", "job")),
  stat("Approvals waiting", "short", total("specchat_approvals_waiting", "job")),
  stat("Tools", "short", `max by (job) (specchat_tools{${SELECTED}})`),
  stat("API loaded", "bool_yes_no", `min by (job) (specchat_api_loaded{${SELECTED}})`),
  stat("Outdated documents", "short", `max by (job) (specchat_documents_outdated{${SELECTED}})`),
  stat(
    "Cost of 24 hours",
    "currencyUSD",
    `sum by (job) (increase(bedrock_chat_cost_usd_total{${SELECTED}}[24h]))`,
  ),
];

export const PANEL_ROWS: readonly PanelRow[] = [
  { title: "Now", panels: NOW },
  {
    title: "Turns",
    panels: [
      lines("Turns by outcome", "reqps", rate("bedrock_chat_requests_total", "outcome"), "{{outcome}}"),
      lines(
        "Failed turns by error",
        "reqps",
        rate("bedrock_chat_requests_total", "reason", 'outcome="failed"'),
        "{{reason}}",
      ),
      {
        title: "Seconds until the end of a reply",
        unit: "s",
        queries: quantiles("bedrock_chat_response_seconds"),
      },
      { title: "Model calls of a turn", unit: "short", queries: quantiles("specchat_turn_rounds") },
      lines("Ratings of replies", "cps", rate("specchat_feedback_total", "rating"), "{{rating}}"),
      lines("Notices", "cps", rate("bedrock_chat_notices_total", "code"), "{{code}}"),
    ],
  },
  {
    title: "Models",
    panels: [
      lines(
        "Model calls",
        "reqps",
        rate("specchat_model_calls_total", "model, outcome"),
        "{{model}} {{outcome}}",
      ),
      {
        title: "Seconds until the first token",
        unit: "s",
        queries: quantiles("gen_ai_client_operation_time_to_first_chunk_seconds", "gen_ai_response_model"),
      },
      {
        title: "Seconds of an output token",
        unit: "s",
        queries: quantiles("specchat_model_token_seconds", "model"),
      },
      {
        title: "Seconds of a model call",
        unit: "s",
        queries: quantiles("gen_ai_client_operation_duration_seconds", "gen_ai_response_model"),
      },
      {
        title: "Retries and fallbacks",
        unit: "cps",
        queries: [
          { expr: rate("specchat_model_retries_total", "model"), legend: "{{model}} retries" },
          { expr: rate("specchat_model_fallbacks_total", "model"), legend: "{{model}} fallbacks" },
        ],
      },
      {
        title: "Calls in progress and waiting",
        unit: "short",
        queries: [
          {
            expr: total("specchat_model_calls_active", "model, region"),
            legend: "{{model}} {{region}} active",
          },
          {
            expr: total("specchat_model_calls_queued", "model, region"),
            legend: "{{model}} {{region}} queued",
          },
        ],
      },
      lines(
        "Open circuit breakers",
        "short",
        `max by (model, region) (specchat_breaker_open{${SELECTED}})`,
        "{{model}} {{region}}",
      ),
    ],
  },
  {
    title: "Tokens and cost",
    panels: [
      lines("Tokens", "cps", rate("bedrock_chat_tokens_total", "model, kind"), "{{model}} {{kind}}"),
      {
        title: "Tokens of a model call",
        unit: "short",
        queries: quantiles("gen_ai_client_token_usage", "gen_ai_token_type"),
      },
      lines(
        "Cost of an hour",
        "currencyUSD",
        `sum by (model) (increase(bedrock_chat_cost_usd_total{${SELECTED}}[1h]))`,
        "{{model}}",
      ),
      lines(
        "Share of cached input tokens",
        "percentunit",
        `avg by (model) (specchat_prompt_cache_hit_ratio{${SELECTED}})`,
        "{{model}}",
      ),
      lines(
        "Tokens without a price",
        "cps",
        rate("bedrock_chat_unpriced_tokens_total", "model"),
        "{{model}}",
      ),
    ],
  },
  {
    title: "API and tools",
    panels: [
      lines(
        "Tool calls by operation",
        "reqps",
        `topk(10, ${rate("bedrock_tool_calls_total", "endpoint")})`,
        "{{endpoint}}",
      ),
      lines(
        "Failed tool calls by operation",
        "reqps",
        `topk(10, ${rate("bedrock_tool_calls_total", "endpoint", 'status="failed"')})`,
        "{{endpoint}}",
      ),
      {
        title: "Seconds of a tool call",
        unit: "s",
        queries: quantiles("specchat_tool_call_seconds", "status"),
      },
    ],
  },
  {
    title: "Server and store",
    panels: [
      lines("HTTP requests by status", "reqps", rate("specchat_http_requests_total", "status"), "{{status}}"),
      lines(
        "HTTP requests by route",
        "reqps",
        `topk(10, ${rate("specchat_http_requests_total", "route")})`,
        "{{route}}",
      ),
      lines("HTTP errors by code", "reqps", rate("specchat_http_errors_total", "code"), "{{code}}"),
      lines(
        "Requests over a limit",
        "reqps",
        rate("specchat_limited_total", "scope, kind"),
        "{{scope}} {{kind}}",
      ),
      lines("Clients that came back", "cps", rate("specchat_resumes_total", "outcome"), "{{outcome}}"),
      lines("Events replayed", "cps", rate("specchat_replayed_events_total", "job"), "{{job}}"),
      {
        title: "Seconds of an operation of the store",
        unit: "s",
        queries: quantiles("specchat_store_seconds", "operation"),
      },
      lines(
        "Failed operations of the store",
        "cps",
        rate("specchat_store_seconds_count", "operation", 'outcome="failed"'),
        "{{operation}}",
      ),
      lines("Log lines", "cps", rate("specchat_log_lines_total", "level"), "{{level}}"),
      lines(
        "Reloads of the settings",
        "short",
        `sum by (outcome) (increase(specchat_config_reloads_total{${SELECTED}}[$__rate_interval]))`,
        "{{outcome}}",
      ),
    ],
  },
  {
    title: "Process",
    panels: [
      {
        title: "Memory",
        unit: "bytes",
        queries: [
          { expr: total("process_resident_memory_bytes", "instance"), legend: "{{instance}} resident" },
          { expr: total("specchat_heap_bytes", "instance"), legend: "{{instance}} heap" },
        ],
      },
      lines("CPU", "percentunit", rate("process_cpu_seconds_total", "instance"), "{{instance}}"),
      {
        title: "Event loop lag",
        unit: "s",
        queries: quantiles("specchat_event_loop_lag_seconds", "instance"),
      },
      lines("Uptime", "s", `time() - process_start_time_seconds{${SELECTED}}`, "{{instance}}"),
      lines("Version", "short", `count by (version) (specchat_build_info{${SELECTED}})`, "{{version}}"),
    ],
  },
];
