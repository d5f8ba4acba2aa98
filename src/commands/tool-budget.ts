/** Checks that the tools leave enough of the model's context window for the conversation. */
import type { App } from "../context.ts";

const ADVICE = "Offer fewer tools, for example with --allowed-tags or --excluded-paths.";

/** Returns a warning when the tools leave less than a quarter of the context window, and an empty list otherwise. */
export function checkToolBudget({ model, modelId, apis, config }: App): readonly string[] {
  const { tools, toolTokens } = apis.current;
  const { contextTokens } = model.limits(modelId);
  const remaining = contextTokens - toolTokens - config.maxTokens;
  if (remaining > contextTokens / 4) return [];
  const usage = `${tools.length} tools use about ${toolTokens.toLocaleString("en-US")} tokens`;
  const contextWindow = `context window of ${modelId} (${contextTokens.toLocaleString("en-US")} tokens)`;
  return [
    remaining <= 0
      ? `${usage}, too many for the ${contextWindow}: every turn will fail. ${ADVICE}`
      : `${usage} of the ${contextWindow}, which leaves little for the conversation. ${ADVICE}`,
  ];
}
