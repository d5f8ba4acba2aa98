/** Translates the end of a response: stop reason, usage, guardrail trace. */
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

/** Returns true when the model stopped before it had finished writing. */
export function isTruncated(reason: unknown): boolean {
  return typeof reason === "string" && TRUNCATED_REASONS.has(reason);
}

const TRUNCATED_REASONS = new Set([
  "max_tokens",
  "model_context_window_exceeded",
  "malformed_model_output",
  "malformed_tool_use",
]);

/** Maps a stop reason. Unknown reasons count as `end_turn`, and `end_turn` with calls counts as `tool_use`. */
function toStopReason(reason: unknown, calls: number): ModelStopReason {
  const mapped = typeof reason === "string" ? STOP_REASONS[reason] : undefined;
  return mapped === undefined || mapped === "end_turn" ? (calls > 0 ? "tool_use" : "end_turn") : mapped;
}

/** Creates the last event of a reply. */
export function createEndEvent(stopReason: unknown, calls: number, { usage, trace }: Json): ModelEvent {
  const reason = explainIntervention(trace);
  return {
    type: "end",
    stopReason: toStopReason(stopReason, calls),
    usage: readUsage(usage),
    ...(reason !== undefined && { reason }),
  };
}

/** Reads Converse's TokenUsage, whose `inputTokens` exclude cache reads and writes. */
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
