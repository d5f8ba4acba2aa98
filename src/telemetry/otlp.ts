/** Exports spans over OTLP (HTTP and protobuf), in batches. A full queue drops spans: a dead collector costs nothing. */
import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from "@opentelemetry/sdk-trace";
import type { FinishedSpan, SpanSender, TraceContext, TraceOptions } from "./types.ts";

const EXPORT_TIMEOUT_MS = 5000;
/** The delay between the end of a span and its export. */
const EXPORT_DELAY_MS = 1000;
/** Spans that wait for export. */
const MAX_QUEUE = 2048;
const MAX_BATCH = 256;
/** The maximum time that a shutdown waits for the collector. */
const CLOSE_TIMEOUT_MS = 2000;

export function openOtlp({ endpoint, headers, version, warn }: TraceOptions): SpanSender {
  const exporter = new OTLPTraceExporter({
    url: endpoint,
    headers: { ...headers },
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const processor = new BatchSpanProcessor({
    exporter: withWarnings(exporter, endpoint, warn),
    scheduledDelayMillis: EXPORT_DELAY_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
    maxQueueSize: MAX_QUEUE,
    maxExportBatchSize: MAX_BATCH,
  });
  const shared = {
    resource: resourceFromAttributes({ "service.name": "specchat", "service.version": version }),
    instrumentationScope: { name: "specchat", version },
  };
  return {
    send: (span) => processor.onEnd({ ...shared, ...toReadableSpan(span) }),
    async close() {
      const closed = processor.shutdown().catch(() => {});
      await Promise.race([closed, Bun.sleep(CLOSE_TIMEOUT_MS)]);
    },
  };
}

/** Returns a span in the form of the SDK. Its own spans are not used: their ids are known only when the library is loaded. */
function toReadableSpan(span: FinishedSpan): Omit<ReadableSpan, "resource" | "instrumentationScope"> {
  const { name, kind, context, parent, startedAt, endedAt, error } = span;
  const attributes = Object.fromEntries(
    Object.entries(span.attributes).flatMap(([key, value]) =>
      value === undefined || value === null ? [] : [[key, Array.isArray(value) ? [...value] : value]],
    ),
  );
  return {
    name,
    kind: kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => toSpanContext(context),
    ...(parent && { parentSpanContext: { ...toSpanContext(parent), isRemote: false } }),
    startTime: toHrTime(startedAt),
    endTime: toHrTime(endedAt),
    duration: toHrTime(endedAt - startedAt),
    status:
      error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes,
    links: [],
    events: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function toSpanContext({ traceId, spanId }: TraceContext) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

/** Returns seconds and nanoseconds. */
function toHrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
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
