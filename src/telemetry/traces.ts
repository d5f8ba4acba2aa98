/** Traces model calls as spans: model, caller, duration and usage. Spans never contain messages. */
import type { ModelStopReason, Usage } from "../chat/types.ts";
import type { Model } from "../model/types.ts";
import type { Traces } from "./types.ts";

/** Wraps a model so that each call records a span. */
export function withTracing(model: Model, traces: Pick<Traces, "record">, now: () => Date): Model {
  return {
    async *stream(request, signal) {
      const startedAt = now().getTime();
      let respondingModel = request.model;
      let end: { readonly usage: Usage; readonly stopReason: ModelStopReason } | undefined;
      let error: string | undefined;
      try {
        for await (const event of model.stream(request, signal)) {
          if (event.type === "end") {
            end = event;
            respondingModel = event.model ?? respondingModel;
          }
          yield event;
        }
      } catch (cause) {
        error = cause instanceof Error ? cause.message : String(cause);
        throw cause;
      } finally {
        traces.record({
          model: respondingModel,
          session: request.session,
          caller: request.caller,
          startedAt,
          endedAt: now().getTime(),
          usage: end?.usage,
          stopReason: end?.stopReason,
          costUsd: end ? model.cost(respondingModel, end.usage) : null,
          error,
        });
      }
    },
    health: () => model.health(),
    limits: (name) => model.limits(name),
    cost: (name, usage) => model.cost(name, usage),
    estimateCost: (name, usage) => model.estimateCost?.(name, usage) ?? 0,
    close: () => model.close(),
  };
}

/**
 * Creates the exporter. Its library is loaded with the first span.
 * @param warn called once each time the export begins to fail.
 */
export function createTraces(endpoint: string, warn: (problem: string) => void): Traces {
  let loading: Promise<Traces> | undefined;
  return {
    record(span) {
      loading ??= import("./otlp.ts").then(({ openOtlp }) => openOtlp(endpoint, warn));
      loading.then(
        (opened) => opened.record(span),
        (error: unknown) => warn(String(error)),
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
