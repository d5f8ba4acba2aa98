import type { ModelStopReason, Usage } from "../../chat/types.ts";
import type { ModelEvent } from "../types.ts";
import { isRecord } from "./calls.ts";
import { explainIntervention } from "./guardrail-trace.ts";
import type { Json } from "./types.ts";

const STOP_REASONS: Readonly<Record<string, ModelStopReason>> = {
  end_turn: "end_turn",
  tool_use: "tool_use",
  max_tokens: "max_tokens",
  stop_sequence: "stop_sequence",
  guardrail_intervened: "guardrail",
  content_filtered: "content_filtered",
  malformed_model_output: "malformed",
  malformed_tool_use: "malformed",
  model_context_window_exceeded: "context_exceeded",
};

/** The model did not come to the end of what it was writing. */
export function isTruncated(reason: unknown): boolean {
  return typeof reason === "string" && TRUNCATED_REASONS.has(reason);
}

const TRUNCATED_REASONS = new Set([
  "max_tokens",
  "model_context_window_exceeded",
  "malformed_model_output",
  "malformed_tool_use",
]);

/** A reason that is newer than this list ends the turn. Calls are calls, whatever reason a model gives beside them. */
function toStopReason(reason: unknown, calls: number): ModelStopReason {
  const mapped = typeof reason === "string" ? STOP_REASONS[reason] : undefined;
  return mapped === undefined || mapped === "end_turn" ? (calls > 0 ? "tool_use" : "end_turn") : mapped;
}

/** The last event of an answer. */
export function createEndEvent(stopReason: unknown, calls: number, { usage, trace }: Json): ModelEvent {
  const reason = explainIntervention(trace);
  return {
    type: "end",
    stopReason: toStopReason(stopReason, calls),
    usage: readUsage(usage),
    ...(reason !== undefined && { reason }),
  };
}

/** Converse's TokenUsage: inputTokens excludes what the cache gave or took. */
function readUsage(usage: unknown): Usage {
  const counts = isRecord(usage) ? usage : {};
  const count = (name: string) => (typeof counts[name] === "number" ? counts[name] : 0);
  return {
    inputTokens: count("inputTokens"),
    outputTokens: count("outputTokens"),
    cacheReadTokens: count("cacheReadInputTokens"),
    cacheWriteTokens: count("cacheWriteInputTokens"),
  };
}
