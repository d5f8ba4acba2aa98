/** Records model calls in the audit log: model, tokens, cost and outcome, never messages. */
import type { AuditLog } from "../access/audit/types.ts";
import type { Model } from "../model/types.ts";
import { withStream } from "./with-stream.ts";

/** Returns the model with an entry for each call. */
export function withAudit(model: Model, audit: Pick<AuditLog, "record">): Model {
  return withStream(model, async function* stream(request, signal) {
    const { session } = request;
    let name = request.model;
    let outcome = "failed";
    let usage = NO_USAGE;
    let costUsd: number | null = null;
    try {
      for await (const event of model.stream(request, signal)) {
        if (event.type === "end") {
          name = event.model ?? name;
          outcome = event.stopReason;
          usage = event.usage;
          costUsd = model.cost(name, event.usage);
        }
        yield event;
      }
    } finally {
      const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
      const tokens = { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens };
      audit.record({ event: "model_call", session, model: name, outcome, ...tokens, costUsd });
    }
  });
}

const NO_USAGE = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
