/** The metrics in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import { Counter, Histogram, Registry } from "prom-client";
import type { ModelUsage, TurnEnd } from "../chat/types.ts";

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#counter(
    "bedrock_chat_requests_total",
    "Turns and requests to agents that have ended.",
    ["outcome", "reason"],
  );
  readonly #calls = this.#counter("bedrock_tool_calls_total", "API calls.", ["endpoint", "status"]);
  readonly #tokens = this.#counter("bedrock_chat_tokens_total", "Tokens of model calls.", ["model", "kind"]);
  readonly #cost = this.#counter("bedrock_chat_cost_usd_total", "Cost of model calls in USD.", ["model"]);
  readonly #unpriced = this.#counter(
    "bedrock_chat_unpriced_tokens_total",
    "Tokens of models with an unknown price.",
    ["model"],
  );
  readonly #notices = this.#counter(
    "bedrock_chat_notices_total",
    "Notices during turns: retries, fallbacks, waiting, trimmed histories.",
    ["code"],
  );
  readonly #refusals = this.#counter(
    "bedrock_chat_limited_total",
    "Requests and turns that a limit refused.",
    ["scope", "kind"],
  );
  readonly #seconds = new Histogram({
    name: "bedrock_chat_response_seconds",
    help: "Seconds from a message to the end of its reply.",
    buckets: [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300],
    registers: [this.#registry],
  });

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Returns all metrics in the text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  recordRequest(outcome: TurnEnd["outcome"], reason: string, seconds: number): void {
    this.#requests.inc({ outcome, reason });
    this.#seconds.observe(seconds);
  }

  recordCall(endpoint: string, status: string): void {
    this.#calls.inc({ endpoint, status });
  }

  recordNotice(code: string): void {
    this.#notices.inc({ code });
  }

  recordRefusal(scope: string, kind: string): void {
    this.#refusals.inc({ scope, kind });
  }

  /** Records the usage of one model call. `usd` is null when the price is unknown. */
  recordUsage({ model, usage }: ModelUsage, usd: number | null): void {
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
    this.#tokens.inc({ model, kind: "input" }, inputTokens);
    this.#tokens.inc({ model, kind: "output" }, outputTokens);
    this.#tokens.inc({ model, kind: "cache_read" }, cacheReadTokens);
    this.#tokens.inc({ model, kind: "cache_write" }, cacheWriteTokens);
    if (usd === null)
      this.#unpriced.inc({ model }, inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens);
    else this.#cost.inc({ model }, usd);
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }
}
