/** Compares the counters of model usage with budgets. Pure, except for the counters it is given. */
import type { BudgetRule } from "../../config/limits.ts";
import { counterName, NO_AMOUNT } from "./memory-usage.ts";
import { periodAt } from "./periods.ts";
import type { Charge, UsageAmount, UsageCounters, UsageKey } from "./types.ts";

/** A budget in its current period. */
export interface OpenBudget {
  readonly charge: Charge<BudgetRule>;
  readonly key: UsageKey;
  /** Tokens or US dollars. */
  readonly limit: number;
  /** When the period ends, as Unix time in milliseconds. */
  readonly endsAt: number;
}

/** Returns the budgets of charges at a time, in Unix milliseconds. */
export function openBudgets(charges: readonly Charge[], now: number): readonly OpenBudget[] {
  return charges.filter(isBudget).map((charge) => {
    const { name, endsAt } = periodAt(charge.rule.unit, now);
    const key = { period: name, subject: charge.subject };
    return { charge, key, limit: charge.rule.amount * charge.share, endsAt };
  });
}

/** Returns the tokens or US dollars of an amount, as the budget counts them. */
export function usedOf({ charge }: OpenBudget, { tokens, microUsd }: UsageAmount): number {
  return charge.rule.kind === "usd" ? microUsd / 1e6 : tokens;
}

/** Reads the counter of each budget. A counter that several budgets share is read once. */
export async function readUsage(
  budgets: readonly OpenBudget[],
  counters: Pick<UsageCounters, "read">,
): Promise<readonly UsageAmount[]> {
  return await withEachKey(budgets, (keys) => counters.read(keys));
}

/** Adds to the counter of each budget, once where several share it, and returns the sum of each budget. */
export async function addUsage(
  budgets: readonly OpenBudget[],
  counters: Pick<UsageCounters, "add">,
  amount: UsageAmount,
): Promise<readonly UsageAmount[]> {
  return await withEachKey(budgets, (keys) => counters.add(keys, amount));
}

async function withEachKey(
  budgets: readonly OpenBudget[],
  use: (keys: readonly UsageKey[]) => Promise<readonly UsageAmount[]>,
): Promise<readonly UsageAmount[]> {
  const keys = new Map(budgets.map(({ key }) => [counterName(key), key] as const));
  if (keys.size === 0) return [];
  const names = [...keys.keys()];
  const amounts = await use([...keys.values()]);
  return budgets.map(({ key }) => amounts[names.indexOf(counterName(key))] ?? NO_AMOUNT);
}

function isBudget(charge: Charge): charge is Charge<BudgetRule> {
  return charge.rule.kind === "tokens" || charge.rule.kind === "usd";
}
