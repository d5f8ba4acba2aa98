/** Do the tools leave the model room to work? What to say when they do not. */
import type { App } from "../context.ts";

export function checkToolBudget({ model, modelId, apis, config }: App): readonly string[] {
  const { tools, toolTokens } = apis.current;
  const { contextTokens } = model.limits(modelId);
  const remaining = contextTokens - toolTokens - config.maxTokens;
  if (remaining > contextTokens / 4) return [];
  const counts = `${tools.length} tools take about ${toolTokens.toLocaleString("en-US")} tokens`;
  const context = `${contextTokens.toLocaleString("en-US")} that ${modelId} can read`;
  return [
    remaining <= 0
      ? `${counts}, more than the ${context}: every question will fail. Offer fewer, as with --allowed-tags or --excluded-paths.`
      : `${counts} of the ${context}, which leaves little for conversations. Offer fewer, as with --allowed-tags or --excluded-paths.`,
  ];
}
