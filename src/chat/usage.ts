import type { Spent, Usage } from "./types.ts";

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  };
}

/** One entry a model. */
export function addSpent(spent: readonly Spent[], { model, usage }: Spent): readonly Spent[] {
  const known = spent.some((entry) => entry.model === model);
  if (!known) return [...spent, { model, usage }];
  return spent.map((entry) =>
    entry.model === model ? { model, usage: addUsage(entry.usage, usage) } : entry,
  );
}
