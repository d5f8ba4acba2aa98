/** The conditions that are worth an alert. The table of the manual is compared with this one by a test. */

export interface Alert {
  readonly name: string;
  /** The condition in the language of Prometheus. */
  readonly condition: string;
  /** What the condition means, and where its cause is. */
  readonly meaning: string;
  /** How long the condition holds before the alert, as Prometheus reads it. */
  readonly lasting: string;
  readonly severity: "critical" | "warning";
  /** The topic of the manual with what to do. */
  readonly topic: string;
}

/** A condition over a share needs this many events, so that a single failure at night is no alert. */
const MIN_EVENTS = 5;

export const ALERTS: readonly Alert[] = [
  {
    name: "SpecchatAbsent",
    condition: "absent(specchat_build_info)",
    meaning: "no process of specchat is scraped",
    lasting: "5m",
    severity: "critical",
    topic: "deployment",
  },
  {
    name: "SpecchatTurnsFail",
    condition: share("bedrock_chat_requests_total", 'outcome="failed"', "5m", 0.1),
    meaning: "more than a tenth of the turns fail; `reason` names the error",
    lasting: "5m",
    severity: "critical",
    topic: "errors",
  },
  {
    name: "SpecchatBreakerOpen",
    condition: "max by (job, model, region) (specchat_breaker_open) > 0",
    meaning: "a model is failing, and no requests are sent to it",
    lasting: "1m",
    severity: "warning",
    topic: "models",
  },
  {
    name: "SpecchatRepliesLate",
    condition:
      "histogram_quantile(0.95, sum by (job, gen_ai_response_model, le) (rate(gen_ai_client_operation_time_to_first_chunk_seconds_bucket[10m]))) > 10",
    meaning: "replies begin late",
    lasting: "10m",
    severity: "warning",
    topic: "models",
  },
  {
    name: "SpecchatToolsFail",
    condition: share("bedrock_tool_calls_total", 'status="failed"', "10m", 0.3),
    meaning: "the API refuses or fails; `endpoint` names the operation",
    lasting: "5m",
    severity: "warning",
    topic: "troubleshooting",
  },
  {
    name: "SpecchatStoreFails",
    condition: 'sum by (job) (rate(specchat_store_seconds_count{outcome="failed"}[5m])) > 0',
    meaning: "the session store fails; `operation` names what it could not do",
    lasting: "2m",
    severity: "critical",
    topic: "storage",
  },
  {
    name: "SpecchatOverloaded",
    condition:
      "histogram_quantile(0.99, sum by (job, instance, le) (rate(specchat_event_loop_lag_seconds_bucket[5m]))) > 0.25",
    meaning: "the process is overloaded",
    lasting: "5m",
    severity: "warning",
    topic: "scaling",
  },
  {
    name: "SpecchatModelQueue",
    condition: "sum by (job, model) (specchat_model_calls_queued) > 10",
    meaning: "model calls wait for each other: the quota or `--max-concurrent-requests` is too low",
    lasting: "5m",
    severity: "warning",
    topic: "models",
  },
  {
    name: "SpecchatCost",
    condition: "sum by (job) (increase(bedrock_chat_cost_usd_total[1h])) > 5",
    meaning: "the cost of an hour",
    lasting: "0m",
    severity: "warning",
    topic: "cost",
  },
  {
    name: "SpecchatApiNotLoaded",
    condition: "min by (job, instance) (specchat_api_loaded) == 0",
    meaning: "the API documents are not loaded",
    lasting: "5m",
    severity: "critical",
    topic: "documents",
  },
  {
    name: "SpecchatPromptsUncached",
    condition: "(min by (job, model) (avg_over_time(specchat_prompt_cache_hit_ratio[1d])) > 0) < 0.3",
    meaning: "prompts are seldom cached, so that input costs more",
    lasting: "1h",
    severity: "warning",
    topic: "cost",
  },
];

/** Returns the condition that more than a share of the events of a counter have a label, while there are enough events. */
function share(counter: string, label: string, range: string, limit: number): string {
  return (
    `sum by (job) (rate(${counter}{${label}}[${range}])) / sum by (job) (rate(${counter}[${range}])) > ${limit}` +
    ` and sum by (job) (increase(${counter}[${range}])) >= ${MIN_EVENTS}`
  );
}
