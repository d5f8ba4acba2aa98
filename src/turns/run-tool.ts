/** One call of a tool outside of any turn, for clients that cannot be asked for approval. */
import { randomUUID } from "node:crypto";
import type { Client } from "../access/client.ts";
import type { RunCall } from "../chat/calls.ts";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { createReview } from "./approval-policy.ts";
import { tellCall } from "./telemetry-context.ts";
import { turnTools } from "./turn-tools.ts";

/** What needs approval is a failed result, and not carried out. Always resolves. */
export function toolRunner(app: App, { caller, credentials }: Client): RunCall {
  const apis = app.apis.current;
  const context = (signal: AbortSignal) => ({ signal, credentials });
  const review = createReview(app, { apis, allowed: [], canAsk: false, context });
  const session = randomUUID() as SessionId;
  const { run } = turnTools(app, {
    session,
    caller,
    model: app.modelId,
    apis,
    context,
    progress() {},
  });
  return async (call, signal) => {
    const reviewed = await review(call, signal);
    if (reviewed.verdict === "refuse") {
      const { id: callId, name } = call;
      return { callId, name, status: "failed", content: reviewed.reason, durationMs: 0 };
    }
    const result = await run(call, signal);
    tellCall(app, { session, caller }, result);
    return result;
  };
}
