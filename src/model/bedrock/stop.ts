import type { ModelStopReason, Usage } from "../../chat/types.ts";
import type { ModelEvent } from "../types.ts";
import { isRecord } from "./calls.ts";
import { guardrailReason } from "./guardrail-trace.ts";
import type { Json } from "./types.ts";

const REASONS: Readonly<Record<string, ModelStopReason>> = {
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
export function isCutOff(reason: unknown): boolean {
  return typeof reason === "string" && CUT_OFF.has(reason);
}

const CUT_OFF = new Set([
  "max_tokens",
  "model_context_window_exceeded",
  "malformed_model_output",
  "malformed_tool_use",
]);

/** A reason that is newer than this list ends the turn. Calls are calls, whatever reason a model gives beside them. */
function stopReasonOf(reason: unknown, calls: number): ModelStopReason {
  const known = typeof reason === "string" ? REASONS[reason] : undefined;
  return known === undefined || known === "end_turn" ? (calls > 0 ? "tool_use" : "end_turn") : known;
}

/** The last event of an answer. */
export function endOf(stopReason: unknown, calls: number, { usage, trace }: Json): ModelEvent {
  const reason = guardrailReason(trace);
  return {
    type: "end",
    stopReason: stopReasonOf(stopReason, calls),
    usage: usageOf(usage),
    ...(reason !== undefined && { reason }),
  };
}

/** Converse's TokenUsage: inputTokens excludes what the cache gave or took. */
function usageOf(usage: unknown): Usage {
  const counts = isRecord(usage) ? usage : {};
  const count = (name: string) => (typeof counts[name] === "number" ? counts[name] : 0);
  return {
    inputTokens: count("inputTokens"),
    outputTokens: count("outputTokens"),
    cacheReadTokens: count("cacheReadInputTokens"),
    cacheWriteTokens: count("cacheWriteInputTokens"),
  };
}
