/** Adds up token usage. */
import type { ModelUsage, Usage } from "./types.ts";

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  const long = [a.longContext, b.longContext].filter((part) => part !== undefined);
  return {
    ...addCounts(a, b),
    ...(long.length > 0 && { longContext: long.reduce(addCounts, NO_USAGE) }),
  };
}

function addCounts(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  };
}

/** Adds usage to the entry of its model, or appends an entry. */
export function addModelUsage(
  usages: readonly ModelUsage[],
  { model, usage }: ModelUsage,
): readonly ModelUsage[] {
  const known = usages.some((entry) => entry.model === model);
  if (!known) return [...usages, { model, usage }];
  return usages.map((entry) =>
    entry.model === model ? { model, usage: addUsage(entry.usage, usage) } : entry,
  );
}
