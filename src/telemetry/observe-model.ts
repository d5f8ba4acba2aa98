/** Measures model calls and traces them as spans. */
import type { ModelStopReason, Usage } from "../chat/types.ts";
import { AppError } from "../errors.ts";
import type { Model, ModelEvent } from "../model/types.ts";
import type { CollectedReply } from "./span-content.ts";
import { describeModelCall } from "./spans.ts";
import type { Telemetry, Traces } from "./types.ts";
import { withStream } from "./with-stream.ts";

export interface ModelObservers {
  readonly telemetry: Pick<Telemetry, "count" | "recordModelCall" | "scope">;
  /** Undefined when tracing is off. */
  readonly traces: Traces | undefined;
  readonly now: () => Date;
}

/** Returns the model with figures for each call, and a span when it is sampled. */
export function observeModel(model: Model, { telemetry, traces, now }: ModelObservers): Model {
  return withStream(model, async function* stream(request, signal) {
    const startedAt = now().getTime();
    const parent = telemetry.scope().trace;
    const context = traces?.start(parent);
    const hasContent = (context?.isSampled && traces?.hasContent) ?? false;
    const reply = { text: "", calls: [] };
    let respondingModel = request.model;
    let firstOutputAt: number | undefined;
    let end: { readonly usage: Usage; readonly stopReason: ModelStopReason } | undefined;
    let failure: { readonly code: string; readonly message: string } | undefined;
    try {
      for await (const event of model.stream(request, signal)) {
        if (event.type === "end") {
          end = event;
          respondingModel = event.model ?? respondingModel;
        } else if (event.type === "notice") countNotice(event, request.model, telemetry);
        else firstOutputAt ??= now().getTime();
        if (hasContent) collect(event, reply);
        yield event;
      }
    } catch (cause) {
      failure = describeFailure(cause);
      throw cause;
    } finally {
      const endedAt = now().getTime();
      const firstOutputSeconds = firstOutputAt === undefined ? undefined : (firstOutputAt - startedAt) / 1000;
      telemetry.recordModelCall({
        requestedModel: request.model,
        model: respondingModel,
        errorCode: failure?.code,
        outcome: failure?.code ?? end?.stopReason ?? "cancelled",
        seconds: (endedAt - startedAt) / 1000,
        firstOutputSeconds,
        usage: end?.usage,
      });
      if (context?.isSampled)
        traces?.record({
          ...describeModelCall(
            {
              request,
              respondingModel,
              usage: end?.usage,
              stopReason: end?.stopReason,
              firstOutputSeconds,
              costUsd: end ? model.cost(respondingModel, end.usage) : null,
              failure,
              reply,
            },
            hasContent,
          ),
          context,
          parent,
          startedAt,
          endedAt,
        });
    }
  });
}

function countNotice(
  { code }: Extract<ModelEvent, { type: "notice" }>,
  model: string,
  { count }: Pick<Telemetry, "count">,
): void {
  if (code === "retrying") count("modelRetries", { model });
  if (code === "fallback_model") count("modelFallbacks", { model });
}

function collect(event: ModelEvent, reply: CollectedReply): void {
  if (event.type === "text") reply.text += event.text;
  if (event.type === "call") reply.calls.push(event.call);
}

function describeFailure(cause: unknown): { readonly code: string; readonly message: string } {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: cause instanceof AppError ? cause.code : "internal", message };
}
