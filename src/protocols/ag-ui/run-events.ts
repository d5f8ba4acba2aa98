/** The events that start and end a run. Pure. */
import type { ModelUsage, PendingCall, TurnEnd } from "../../chat/types.ts";
import type { AppError } from "../../errors.ts";
import { encodeOutcome } from "./outcome.ts";
import type { RunContext, RunEvent } from "./types.ts";

export function encodeRunStarted({ threadId, runId }: RunContext): RunEvent {
  return { type: "RUN_STARTED", threadId, runId, protocolVersion: "1.0" };
}

export function encodeRunError({ code, message }: AppError, spent: readonly ModelUsage[] = []): RunEvent {
  return { type: "RUN_ERROR", message, code, ...(spent.length > 0 && { usage: spent.map(encodeUsage) }) };
}

export function encodeRunEnd(end: TurnEnd, pendingCalls: readonly PendingCall[], run: RunContext): RunEvent {
  if (end.outcome === "failed") return encodeRunError(end.error, end.spent);
  const { threadId, runId, isVersion1 } = run;
  const outcome =
    isVersion1 && end.stopReason === "stopped" ? { type: "cancelled" } : encodeOutcome(pendingCalls, run);
  const usage = end.spent.map(encodeUsage);
  const result = { model: end.model, stopReason: end.stopReason };
  return { type: "RUN_FINISHED", threadId, runId, result, outcome, usage };
}

/** Encodes the end of a run over no messages, with which some clients open a thread. */
export function encodeEmptyRunEnd({ threadId, runId }: RunContext): RunEvent {
  return { type: "RUN_FINISHED", threadId, runId, outcome: { type: "success" } };
}

function encodeUsage({ model, usage }: ModelUsage): object {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const input = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    model,
    inputTokens: input,
    outputTokens,
    totalTokens: input + outputTokens,
    cachedInputTokens: cacheReadTokens,
    cacheWriteInputTokens: cacheWriteTokens,
  };
}
