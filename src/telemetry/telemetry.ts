/** Collects metrics, costs and spans, and holds the scope of the running code. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { ModelUsage } from "../chat/types.ts";
import { type CostOf, costOfTurn } from "./cost.ts";
import { Ledger } from "./ledger.ts";
import { CONTENT_TYPES, selectFormat, writeMetrics } from "./metrics/exposition.ts";
import { MetricRegistry } from "./metrics/registry.ts";
import { currentScope, runInScope } from "./scope.ts";
import { countInputTokens, providerOf } from "./spans.ts";
import { parseTraceparent } from "./trace-context.ts";
import { TurnRecords } from "./turn-records.ts";
import type { MetricCollector, ModelCallFigures, Telemetry, Traces } from "./types.ts";

export interface TelemetryOptions {
  readonly now: () => Date;
  readonly cost: CostOf;
  /** Undefined when tracing is off. */
  readonly traces?: Traces | undefined;
}

export function createTelemetry({ now, cost, traces }: TelemetryOptions): Telemetry {
  const ledger = new Ledger(now);
  const metrics = new MetricRegistry();
  const collectors = new Set<MetricCollector>();
  const count: Telemetry["count"] = (name, labels, by) => metrics.add(name, labels, by);
  const time: Telemetry["time"] = (name, labels, value) => {
    const { trace } = currentScope();
    const exemplar = traces && trace?.isSampled ? { traceId: trace.traceId, at: now().getTime() } : undefined;
    metrics.observe(name, labels, value, exemplar);
  };
  const recordAgentRequest: Telemetry["recordAgentRequest"] = (outcome, reason, seconds) => {
    count("requests", { outcome, reason });
    if (seconds !== undefined) time("responseSeconds", {}, seconds);
  };
  const recordUsage: Telemetry["recordUsage"] = (spent, { session, caller }) => {
    ledger.add(session, caller, costOfTurn(spent, cost));
    for (const call of spent) recordTokens(metrics, call, cost(call.model, call.usage));
  };
  const telemetry = { count, time, recordAgentRequest, recordUsage };
  const turns = new TurnRecords({ now, cost, telemetry, traces });
  return {
    ...telemetry,
    beginTurn: (beginning) => turns.begin(beginning),
    observe: (event, attributes) => turns.observe(event, attributes),
    runCall: (...call) => turns.runCall(...call),
    recordModelCall(call) {
      turns.countRound();
      recordModelCall(telemetry, call);
    },
    costs: (session, caller) => ledger.costs(session, caller),
    collect(collector) {
      collectors.add(collector);
      return () => void collectors.delete(collector);
    },
    metrics(accept) {
      for (const collector of collectors)
        collector((name, labels, value) => metrics.set(name, labels, value));
      const format = selectFormat(accept);
      return { text: writeMetrics(metrics.families(), format), contentType: CONTENT_TYPES[format] };
    },
    requestScope: (request, traceparent) => ({ request, trace: parseTraceparent(traceparent) }),
    scope: currentScope,
    capture: () => AsyncLocalStorage.snapshot(),
    runInScope,
  };
}

function recordModelCall(
  { count, time }: Pick<Telemetry, "count" | "time">,
  { requestedModel, model, outcome, errorCode = "", seconds, firstOutputSeconds, usage }: ModelCallFigures,
): void {
  const labels = {
    gen_ai_operation_name: "chat",
    gen_ai_provider_name: providerOf(requestedModel),
    gen_ai_request_model: requestedModel,
    gen_ai_response_model: model,
  };
  count("modelCalls", { model, outcome });
  time("modelSeconds", { ...labels, error_type: errorCode }, seconds);
  if (usage) {
    time("tokenUsage", { ...labels, gen_ai_token_type: "input" }, countInputTokens(usage));
    time("tokenUsage", { ...labels, gen_ai_token_type: "output" }, usage.outputTokens);
  }
  if (firstOutputSeconds === undefined) return;
  time("firstTokenSeconds", labels, firstOutputSeconds);
  const { outputTokens = 0 } = usage ?? {};
  if (outputTokens > 1) time("tokenSeconds", { model }, (seconds - firstOutputSeconds) / (outputTokens - 1));
}

/** Records the usage of one model. `usd` is null when the price is unknown. */
function recordTokens(metrics: MetricRegistry, { model, usage }: ModelUsage, usd: number | null): void {
  const kinds = {
    input: usage.inputTokens,
    output: usage.outputTokens,
    cache_read: usage.cacheReadTokens,
    cache_write: usage.cacheWriteTokens,
  };
  for (const [kind, tokens] of Object.entries(kinds)) metrics.add("tokens", { model, kind }, tokens);
  if (usd === null)
    metrics.add(
      "unpricedTokens",
      { model },
      Object.values(kinds).reduce((sum, tokens) => sum + tokens),
    );
  else metrics.add("cost", { model }, usd);
  const total = ["input", "cache_read", "cache_write"]
    .map((kind) => metrics.valueOf("tokens", { model, kind }))
    .reduce((sum, tokens) => sum + tokens);
  if (total > 0)
    metrics.set("cacheHitRatio", { model }, metrics.valueOf("tokens", { model, kind: "cache_read" }) / total);
}
