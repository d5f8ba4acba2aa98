/** Replies without a text and without calls. A turn never ends with one: the model is asked once more, else a text says why. */
import type { ReplyBuilder } from "./reply.ts";
import type { ModelStopReason, StopReason } from "./types.ts";

/** The reasons for which the same request may have another reply. */
const REPEATABLE: ReadonlySet<ModelStopReason> = new Set(["end_turn", "tool_use", "malformed"]);

/** Returns whether the model is to be asked once more. */
export function isWorthRepeating(reply: ReplyBuilder): boolean {
  return isEmptyReply(reply) && REPEATABLE.has(reply.end?.stopReason ?? "end_turn");
}

/** Returns whether a reply has neither text nor calls. It may have reasoning. */
export function isEmptyReply({ parts }: ReplyBuilder): boolean {
  return parts.every(({ type }) => type === "reasoning");
}

/** Returns what the user reads in place of an empty reply. */
export function describeEmptyReply(stopReason: StopReason, { parts }: ReplyBuilder): string {
  return stopReason === "max_tokens" && parts.length > 0 ? ONLY_REASONING : explain(stopReason);
}

/** Returns whether a text ends with what stands in for an empty reply. */
export function endsWithExplanation(text: string, stopReason: StopReason): boolean {
  return text.endsWith(explain(stopReason)) || text.endsWith(ONLY_REASONING);
}

function explain(stopReason: StopReason): string {
  return EXPLANATIONS[stopReason] ?? "(The model gave no reply. Please ask again, perhaps in other words.)";
}

const ONLY_REASONING =
  '(The model used all of the length of this reply for thinking, before its first word. Write "continue", and it tries again.)';

const EXPLANATIONS: Partial<Record<StopReason, string>> = {
  max_tokens: "(The reply reached its length limit before its first word.)",
  context_exceeded: "(This conversation has become too long for the model. Please start a new one.)",
  guardrail: "(The reply was blocked by a guardrail.)",
  content_filtered: "(The reply was blocked by a content filter.)",
  stop_sequence: "(The reply ended at a stop sequence before its first word.)",
};
