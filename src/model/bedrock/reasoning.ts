import type { Capabilities } from "../capabilities.ts";
import type { ModelRequest } from "../types.ts";
import type { ConverseMessage, Json } from "./types.ts";

/** The least that Claude accepts. */
const MIN_BUDGET = 1024;

export interface Reasoning {
  readonly maxTokens: number;
  /** additionalModelRequestFields, or undefined where the model is not asked to think. */
  readonly fields: Json | undefined;
}

/** How this model is asked to think, each family in its own words; the answer's tokens come on top of the thinking. */
export function planReasoning(
  request: ModelRequest,
  messages: readonly ConverseMessage[],
  { reasoning, maxOutputTokens }: Capabilities,
  tokens: number | undefined,
): Reasoning {
  const maxTokens = Math.min(request.maxTokens, maxOutputTokens);
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

/** With thinking on, an assistant turn whose calls are being answered must begin with the reasoning that led to them. */
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
