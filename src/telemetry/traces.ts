/** Model calls as spans for a collector: what was asked of which model, for whom, how long it took and what it used. Never what was said. */
import type { ModelStopReason, Usage } from "../chat/types.ts";
import type { Model } from "../model/types.ts";
import type { Traces } from "./types.ts";

/** The same model, each of its calls a span. */
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
    close: () => model.close(),
  };
}

/** Its library is loaded at the first span. `warn`: called once each time the collector stops taking what it is sent. */
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
