import type { ModelUsage, Usage } from "../chat/types.ts";

/** USD; null: the price is unknown. */
export type CostOf = (model: string, usage: Usage) => number | null;

/** Null as soon as one of the prices is unknown: part of a sum would pass for all of it. */
export function costOfTurn(spent: readonly ModelUsage[], cost: CostOf): number | null {
  return spent.reduce<number | null>((sum, { model, usage }) => addCosts(sum, cost(model, usage)), 0);
}

export function addCosts(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
