/** Exports model calls as spans over OTLP (HTTP and protobuf), with the attribute names of Phoenix and OpenTelemetry. */
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import type { ModelSpan, Traces } from "./types.ts";

const EXPORT_TIMEOUT_MS = 5000;
/** The delay between the end of a span and its export. */
const EXPORT_DELAY_MS = 1000;
/** The maximum time that a shutdown waits for the collector. */
const CLOSE_TIMEOUT_MS = 2000;

export function openOtlp(endpoint: string, warn: (problem: string) => void): Traces {
  const exporter = new OTLPTraceExporter({ url: endpoint, timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "specchat" }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: withWarnings(exporter, endpoint, warn),
        scheduledDelayMillis: EXPORT_DELAY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer("specchat");
  return {
    record(span) {
      const { startedAt: startTime, endedAt, error } = span;
      const options = { kind: SpanKind.CLIENT, startTime, root: true, attributes: attributesOf(span) };
      const recorded = tracer.startSpan(`chat ${span.model}`, options);
      if (error !== undefined) recorded.setStatus({ code: SpanStatusCode.ERROR, message: error });
      recorded.end(endedAt);
    },
    async close() {
      const closed = provider.shutdown().catch(() => {});
      await Promise.race([closed, Bun.sleep(CLOSE_TIMEOUT_MS)]);
    },
  };
}

/** Warns once when exports begin to fail, and again only after a success in between. */
function withWarnings(
  exporter: SpanExporter,
  endpoint: string,
  warn: (problem: string) => void,
): SpanExporter {
  let isHealthy = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && isHealthy)
          warn(
            `Traces are lost: the export to ${endpoint} failed (${result.error?.message ?? "no reason given"}).`,
          );
        isHealthy = !failed;
        done({ code: 0 });
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => await exporter.forceFlush?.(),
  };
}

/**
 * Returns the attributes of a span.
 * https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
function attributesOf({ model, session, caller, usage, stopReason, costUsd }: ModelSpan) {
  const input = usage && usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const attributes = {
    "openinference.span.kind": "LLM",
    "session.id": session,
    "user.id": caller,
    "llm.provider": "aws",
    "llm.model_name": model,
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "aws.bedrock",
    "gen_ai.request.model": model,
    ...(usage && {
      "llm.token_count.prompt": input,
      "llm.token_count.completion": usage.outputTokens,
      "llm.token_count.total": (input ?? 0) + usage.outputTokens,
      "gen_ai.usage.input_tokens": input,
      "gen_ai.usage.output_tokens": usage.outputTokens,
    }),
    ...(costUsd !== null && { "llm.cost.total": costUsd }),
    ...(stopReason && { "gen_ai.response.finish_reasons": [stopReason] }),
  };
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
