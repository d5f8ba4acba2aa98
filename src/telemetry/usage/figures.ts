/** Adds up figures of usage. */
import { addCosts } from "../cost.ts";
import type { UsageFigures } from "./types.ts";

export const NO_FIGURES: Readonly<UsageFigures> = {
  turns: 0,
  unansweredTurns: 0,
  modelCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  toolCalls: 0,
  failedToolCalls: 0,
  toolSeconds: 0,
  ratedUp: 0,
  ratedDown: 0,
};

export function addFigures(sum: UsageFigures, { costUsd = 0, ...counts }: Partial<UsageFigures>): void {
  sum.costUsd = addCosts(sum.costUsd, costUsd);
  for (const [name, value] of Object.entries(counts))
    sum[name as Exclude<keyof UsageFigures, "costUsd">] += value;
}
