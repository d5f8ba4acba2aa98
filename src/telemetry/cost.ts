/** Computes the cost of model calls. */
import type { ModelUsage, Usage } from "../chat/types.ts";

/** Returns the cost in USD, or null when the price is unknown. */
export type CostOf = (model: string, usage: Usage) => number | null;

/** Returns null when one of the prices is unknown: a partial sum would look complete. */
export function costOfTurn(spent: readonly ModelUsage[], cost: CostOf): number | null {
  return spent.reduce<number | null>((sum, { model, usage }) => addCosts(sum, cost(model, usage)), 0);
}

export function addCosts(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
