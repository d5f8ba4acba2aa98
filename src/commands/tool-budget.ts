/** Do the tools leave the model room to work? What to say when they do not. */
import type { App } from "../context.ts";

export function toolBudget({ model, modelId, apis, config }: App): readonly string[] {
  const { tools, toolTokens } = apis.current;
  const { contextTokens } = model.limits(modelId);
  const left = contextTokens - toolTokens - config.maxTokens;
  if (left > contextTokens / 4) return [];
  const counts = `${tools.length} tools take about ${toolTokens.toLocaleString("en-US")} tokens`;
  const context = `${contextTokens.toLocaleString("en-US")} that ${modelId} can read`;
  return [
    left <= 0
      ? `${counts}, more than the ${context}: every question will fail. Offer fewer, as with --allowed-tags or --excluded-paths.`
      : `${counts} of the ${context}, which leaves little for conversations. Offer fewer, as with --allowed-tags or --excluded-paths.`,
  ];
}
