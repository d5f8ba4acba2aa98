/** Creates the exporter of spans. Its library is loaded with the first sampled span. */
import { startSpan } from "./trace-context.ts";
import type { SpanSender, TraceOptions, Traces } from "./types.ts";

export function createTraces(options: TraceOptions): Traces {
  let loading: Promise<SpanSender> | undefined;
  return {
    hasContent: options.hasContent,
    start: (parent) => startSpan(parent, options.ratio),
    record(span) {
      if (!span.context.isSampled) return;
      loading ??= import("./otlp.ts").then(({ openOtlp }) => openOtlp(options));
      loading.then(
        (opened) => opened.send(span),
        (error: unknown) => options.warn(String(error)),
      );
    },
    async close() {
      await loading?.then(
        (opened) => opened.close(),
        () => {},
      );
    },
  };
}
