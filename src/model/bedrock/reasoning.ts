/** Enables reasoning in the parameters of each model family. */
import type { Capabilities } from "../capabilities.ts";
import type { ModelRequest } from "../types.ts";
import type { ConverseMessage, Json } from "./types.ts";

/** Claude's minimum budget, in tokens. */
const MIN_BUDGET = 1024;

export interface Reasoning {
  readonly maxTokens: number;
  /** `additionalModelRequestFields`; undefined when reasoning is not enabled. */
  readonly fields: Json | undefined;
}

/**
 * Returns the request fields that enable reasoning.
 * @param tokens the reasoning budget, in addition to the tokens of the reply; undefined disables reasoning.
 */
export function planReasoning(
  request: ModelRequest,
  messages: readonly ConverseMessage[],
  { reasoning, minOutputTokens, maxOutputTokens }: Capabilities,
  tokens: number | undefined,
): Reasoning {
  const maxTokens = Math.max(minOutputTokens, Math.min(request.maxTokens, maxOutputTokens));
  const disabled = { maxTokens, fields: undefined };
  if (tokens === undefined) return disabled;
  const extendedMaxTokens = Math.min(maxTokens + tokens, maxOutputTokens);
  switch (reasoning) {
    case "budget": {
      const budget = Math.max(MIN_BUDGET, Math.min(tokens, extendedMaxTokens - 1));
      if (!canContinueThinking(messages) || budget >= extendedMaxTokens) return disabled;
      return {
        maxTokens: extendedMaxTokens,
        fields: { thinking: { type: "enabled", budget_tokens: budget } },
      };
    }
    case "adaptive":
      return {
        maxTokens: extendedMaxTokens,
        fields: {
          thinking: { type: "adaptive", display: "summarized" },
          output_config: { effort: adaptiveEffort(tokens) },
        },
      };
    case "nova":
      return {
        maxTokens: extendedMaxTokens,
        fields: { reasoningConfig: { type: "enabled", maxReasoningEffort: effortLevel(tokens) } },
      };
    case "effort":
      return { maxTokens: extendedMaxTokens, fields: { reasoning_effort: effortLevel(tokens) } };
    default:
      return disabled;
  }
}

/**
 * Returns true unless the last assistant turn has calls but lost its reasoning: with thinking on, Claude rejects
 * that.
 */
function canContinueThinking(messages: readonly ConverseMessage[]): boolean {
  const last = messages.findLast((message) => message.role === "assistant");
  if (!last?.content.some((block) => "toolUse" in block)) return true;
  return last.content[0] !== undefined && "reasoningContent" in last.content[0];
}

function adaptiveEffort(tokens: number): string {
  return tokens > 32_000 ? "max" : effortLevel(tokens);
}

function effortLevel(tokens: number): string {
  return tokens <= 2048 ? "low" : tokens <= 8192 ? "medium" : "high";
}
