/** Plans how much a model reasons: as much as the settings say, else not at all or as little as it can. */
import type { Capabilities, ReasoningEffort } from "../capabilities-columns.ts";
import type { ModelRequest } from "../types.ts";
import type { BedrockOptions, ConverseMessage, Json } from "./types.ts";

/** Claude's minimum budget, in tokens. */
const MIN_BUDGET = 1024;

export type ReasoningSettings = Pick<BedrockOptions, "reasoningTokens" | "reasoningEffort">;

export interface ReasoningPlan {
  /** Those of the reply and of the reasoning. Undefined: the request must not limit them. */
  readonly maxTokens: number | undefined;
  /** `additionalModelRequestFields` of Converse. */
  readonly fields: Json | undefined;
  /** `reasoning.effort` of the Responses API. */
  readonly effort: ReasoningEffort | "none" | undefined;
  /** True when the model may reason. */
  readonly isOn: boolean;
}

/** The tokens for reasoning at each effort, in addition to those of the reply. */
const EFFORT_TOKENS: Readonly<Record<ReasoningEffort, number>> = {
  low: 4096,
  medium: 16_384,
  high: 32_768,
  xhigh: 49_152,
  max: 65_536,
};

/** Returns true when the model reasons with these settings: it was asked to, or cannot be kept from it. */
export function isReasoning(
  { reasoning, reasoningOff }: Pick<Capabilities, "reasoning" | "reasoningOff">,
  { reasoningTokens, reasoningEffort }: ReasoningSettings,
): boolean {
  if (reasoning === "none") return false;
  const isWanted = reasoningTokens !== undefined || reasoningEffort !== undefined;
  return isWanted || reasoningOff === "impossible" || reasoningOff === "between_tools";
}

export function planReasoning(
  request: ModelRequest,
  messages: readonly ConverseMessage[],
  capabilities: Capabilities,
  settings: ReasoningSettings,
): ReasoningPlan {
  const { minOutputTokens, maxOutputTokens } = capabilities;
  const maxTokens = Math.max(minOutputTokens, Math.min(request.maxTokens, maxOutputTokens));
  const isWanted = settings.reasoningTokens !== undefined || settings.reasoningEffort !== undefined;
  if (capabilities.reasoning === "none" || !isWanted) return planWithout(maxTokens, capabilities);
  if (capabilities.reasoning === "budget") return planBudget(maxTokens, messages, capabilities, settings);
  const effort = selectEffort(capabilities, settings);
  const extended = extend(
    maxTokens,
    settings.reasoningTokens ?? EFFORT_TOKENS[effort ?? "high"],
    capabilities,
  );
  // Nova refuses a limit at this effort.
  const isUnlimited = capabilities.reasoning === "nova" && effort === "high";
  return {
    maxTokens: isUnlimited ? undefined : extended,
    fields: effort && effortFields(capabilities, effort),
    effort,
    isOn: true,
  };
}

/** Plans a reply with the least reasoning that the model allows, and with enough tokens for that. */
function planWithout(maxTokens: number, capabilities: Capabilities): ReasoningPlan {
  const { reasoning, reasoningOff, efforts } = capabilities;
  const off = { maxTokens, fields: undefined, effort: undefined, isOn: false };
  if (reasoning === "none") return off;
  switch (reasoningOff) {
    case "omit":
      return off;
    case "disabled":
      return { ...off, fields: { thinking: { type: "disabled" } } };
    case "effort_none":
      return { ...off, fields: effortFields(capabilities, "none"), effort: "none" };
    case "between_tools":
      return {
        maxTokens: extendForReply(maxTokens, EFFORT_TOKENS.low, capabilities),
        fields: withBinding({ thinking: { type: "between_tools" } }, capabilities),
        effort: undefined,
        isOn: true,
      };
    case "impossible": {
      const [effort] = efforts;
      return {
        maxTokens: extendForReply(maxTokens, EFFORT_TOKENS[effort ?? "medium"], capabilities),
        fields: effort && effortFields(capabilities, effort),
        effort,
        isOn: true,
      };
    }
  }
}

/** Plans the budget of older Claude models. */
function planBudget(
  maxTokens: number,
  messages: readonly ConverseMessage[],
  capabilities: Capabilities,
  { reasoningTokens, reasoningEffort }: ReasoningSettings,
): ReasoningPlan {
  const tokens = reasoningTokens ?? EFFORT_TOKENS[reasoningEffort ?? "low"];
  const extended = extend(maxTokens, tokens, capabilities);
  const budget = Math.max(MIN_BUDGET, Math.min(tokens, extended - 1));
  if (!canContinueThinking(messages) || budget >= extended)
    return { maxTokens, fields: undefined, effort: undefined, isOn: false };
  const fields = { thinking: { type: "enabled", budget_tokens: budget } };
  return { maxTokens: extended, fields, effort: undefined, isOn: true };
}

/** Adds nothing to the fewest tokens that the model accepts: such a request only tests whether it responds. */
function extendForReply(maxTokens: number, tokens: number, capabilities: Capabilities): number {
  return maxTokens > capabilities.minOutputTokens ? extend(maxTokens, tokens, capabilities) : maxTokens;
}

function extend(maxTokens: number, tokens: number, { maxOutputTokens }: Capabilities): number {
  return Math.min(maxTokens + tokens, maxOutputTokens);
}

/** The efforts of all models, the lowest first. */
const EFFORTS: readonly ReasoningEffort[] = ["low", "medium", "high", "xhigh", "max"];

/** Returns the highest effort of the model up to the one of the settings, else its lowest. */
function selectEffort(
  { efforts }: Capabilities,
  { reasoningTokens = 0, reasoningEffort }: ReasoningSettings,
): ReasoningEffort | undefined {
  const wanted = reasoningEffort ?? effortOf(reasoningTokens);
  const highest = efforts.findLast((effort) => EFFORTS.indexOf(effort) <= EFFORTS.indexOf(wanted));
  return highest ?? efforts[0];
}

function effortOf(tokens: number): ReasoningEffort {
  if (tokens > 32_000) return "max";
  return tokens <= 2048 ? "low" : tokens <= 8192 ? "medium" : "high";
}

function effortFields(capabilities: Capabilities, effort: ReasoningEffort | "none"): Json | undefined {
  switch (capabilities.reasoning) {
    case "adaptive":
      return withBinding(
        { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort } },
        capabilities,
      );
    case "nova":
      return { reasoningConfig: { type: "enabled", maxReasoningEffort: effort } };
    case "qwen":
      return { reasoning_config: effort };
    case "effort":
      return { reasoning_effort: effort };
    case "effort_object":
      return { reasoning: { effort } };
    default:
      return undefined;
  }
}

/**
 * Asks Claude to ignore thinking that was written before something else: it is bound to all that precedes it, which
 * trimming, notes, and another system prompt, document or list of tools change. Without this the request is refused.
 */
function withBinding(
  { thinking, ...fields }: Json & { readonly thinking: Json },
  { dropsUnboundThinking }: Capabilities,
): Json {
  if (!dropsUnboundThinking) return { thinking, ...fields };
  return {
    thinking: { ...thinking, block_binding: { mismatch_behavior: "drop_block" } },
    ...fields,
    anthropic_beta: ["thinking-binding-controls-2026-08-01"],
  };
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
