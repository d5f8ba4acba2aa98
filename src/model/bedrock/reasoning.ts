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
export function reasoningOf(
  request: ModelRequest,
  messages: readonly ConverseMessage[],
  { reasoning, maxOutputTokens }: Capabilities,
  tokens: number | undefined,
): Reasoning {
  const maxTokens = Math.min(request.maxTokens, maxOutputTokens);
  const silent = { maxTokens, fields: undefined };
  if (tokens === undefined) return silent;
  const roomy = Math.min(maxTokens + tokens, maxOutputTokens);
  switch (reasoning) {
    case "budget": {
      const budget = Math.max(MIN_BUDGET, Math.min(tokens, roomy - 1));
      if (!continuesThinking(messages) || budget >= roomy) return silent;
      return { maxTokens: roomy, fields: { thinking: { type: "enabled", budget_tokens: budget } } };
    }
    case "adaptive":
      return {
        maxTokens: roomy,
        fields: {
          thinking: { type: "adaptive", display: "summarized" },
          output_config: { effort: effortOf(tokens) },
        },
      };
    case "nova":
      return {
        maxTokens: roomy,
        fields: { reasoningConfig: { type: "enabled", maxReasoningEffort: novaEffortOf(tokens) } },
      };
    case "effort":
      return { maxTokens: roomy, fields: { reasoning_effort: novaEffortOf(tokens) } };
    default:
      return silent;
  }
}

/** With thinking on, an assistant turn whose calls are being answered must begin with the reasoning that led to them. */
function continuesThinking(messages: readonly ConverseMessage[]): boolean {
  const last = messages.findLast((message) => message.role === "assistant");
  if (!last?.content.some((block) => "toolUse" in block)) return true;
  return last.content[0] !== undefined && "reasoningContent" in last.content[0];
}

function effortOf(tokens: number): string {
  return tokens > 32_000 ? "max" : novaEffortOf(tokens);
}

function novaEffortOf(tokens: number): string {
  return tokens <= 2048 ? "low" : tokens <= 8192 ? "medium" : "high";
}
