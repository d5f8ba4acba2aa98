/** Counts the model calls of one turn against its budgets: reserves each call before it starts, and settles it afterwards. */
import type { BoundedMap } from "./bounded-map.ts";
import { addUsage, type OpenBudget, openBudgets, usedOf } from "./budgets.ts";
import { counterName, NO_AMOUNT, subtractAmounts } from "./memory-usage.ts";
import { createBudgetError, describeWarning } from "./refusals.ts";
import type { BudgetWarning, Charge, TurnBudget, UsageAmount, UsageCounters } from "./types.ts";

const WARNING_SHARE = 0.8;

export interface TurnMeterOptions {
  readonly charges: readonly Charge[];
  readonly usage: UsageCounters;
  /** Returns milliseconds. */
  readonly now: () => number;
  readonly onRefusal: (charge: Charge) => void;
  readonly onWarning: (warning: BudgetWarning) => void;
  /** The budgets of whose use was warned. */
  readonly warned: BoundedMap<true>;
}

interface Reservation {
  /** The budgets of the period in which the call began, which it counts in. */
  readonly budgets: readonly OpenBudget[];
  readonly amount: UsageAmount;
}

export class TurnMeter implements TurnBudget {
  readonly #options: TurnMeterOptions;
  #reserved: Reservation | undefined;

  constructor(options: TurnMeterOptions) {
    this.#options = options;
  }

  /** A call may start while less than the budget is used, the reservations of other calls included. So a turn exceeds it by one call at most. */
  async reserve(estimate: UsageAmount): ReturnType<TurnBudget["reserve"]> {
    const { charges, usage, now, onRefusal } = this.#options;
    await this.cancel();
    const budgets = openBudgets(charges, now());
    const sums = await addUsage(budgets, usage, estimate);
    const used = budgets.map((budget, index) =>
      usedOf(budget, subtractAmounts(sums[index] ?? NO_AMOUNT, estimate)),
    );
    const spent = findSpentBudget(budgets, used);
    if (!spent) {
      this.#reserved = { budgets, amount: estimate };
      return undefined;
    }
    await addUsage(budgets, usage, subtractAmounts(NO_AMOUNT, estimate));
    onRefusal(spent.budget.charge);
    return createBudgetError(spent.budget.charge, spent.used, spent.budget.endsAt, now());
  }

  async settle(spent: UsageAmount): Promise<void> {
    const { charges, usage, now } = this.#options;
    const { budgets, amount } = this.#reserved ?? {
      budgets: openBudgets(charges, now()),
      amount: NO_AMOUNT,
    };
    this.#reserved = undefined;
    const sums = await addUsage(budgets, usage, subtractAmounts(spent, amount));
    for (const [index, budget] of budgets.entries())
      this.#warn(budget, usedOf(budget, sums[index] ?? NO_AMOUNT));
  }

  #warn({ charge, key, limit, endsAt }: OpenBudget, used: number): void {
    const { onWarning, warned } = this.#options;
    const { scope, rule } = charge;
    const name = `${counterName(key)} ${rule.kind} ${limit}`;
    if (used < limit * WARNING_SHARE || warned.get(name)) return;
    warned.set(name, true);
    onWarning({ scope, rule, used, message: describeWarning(charge, { used, endsAt, limit }) });
  }

  /** Takes back the reservation of a call that did not start. */
  async cancel(): Promise<void> {
    if (this.#reserved) await this.settle(NO_AMOUNT);
  }
}

/** Returns the budget that is used up; of several, the one that is renewed last. */
export function findSpentBudget(
  budgets: readonly OpenBudget[],
  used: readonly number[],
): { readonly budget: OpenBudget; readonly used: number } | undefined {
  return budgets
    .map((budget, index) => ({ budget, used: used[index] ?? 0 }))
    .filter(({ budget, used }) => used >= budget.limit)
    .toSorted((a, b) => b.budget.endsAt - a.budget.endsAt)[0];
}
