/** Runs single calls outside of a turn, for clients that cannot ask a person for approval. */
import { randomUUID } from "node:crypto";
import type { Client } from "../access/client.ts";
import type { RunCall } from "../chat/calls.ts";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { createApprovalPolicy } from "./approval-policy.ts";
import { permittedCatalog } from "./permitted-catalog.ts";
import { recordCall } from "./telemetry-context.ts";
import { createTurnTools } from "./turn-tools.ts";
import { UntrustedText } from "./untrusted-text.ts";

type RunToolApp = Pick<
  App,
  | "apis"
  | "audit"
  | "authorizer"
  | "config"
  | "log"
  | "model"
  | "modelId"
  | "results"
  | "shares"
  | "telemetry"
>;

/** Returns a function that runs a call. A call that needs approval fails and is not sent. Never rejects. */
export function createToolRunner(app: RunToolApp, { caller, credentials }: Client): RunCall {
  const catalog = permittedCatalog(app, caller);
  const callContext = (signal: AbortSignal) => ({ signal, credentials });
  const untrusted = new UntrustedText(catalog);
  const reviewCall = createApprovalPolicy(app, {
    caller,
    catalog,
    allowed: [],
    canApprove: false,
    callContext,
    untrusted,
  });
  const session = randomUUID() as SessionId;
  const tools = createTurnTools(app, {
    session,
    caller,
    model: app.modelId,
    catalog,
    callContext,
    onProgress() {},
  });
  const run = untrusted.watch(tools.run);
  return async (call, signal) => {
    const verdict = await reviewCall(call, signal);
    if (verdict.verdict === "refuse") {
      const { id: callId, name } = call;
      return { callId, name, status: "failed", content: verdict.reason, durationMs: 0 };
    }
    const result = await run(call, signal);
    recordCall(app, { session, caller }, result);
    return result;
  };
}
