/** Describes the limits of a spender as clients read them. Pure. */
import type { RateRule } from "../../config/limits.ts";
import { type OpenBudget, usedOf } from "./budgets.ts";
import { NO_AMOUNT } from "./memory-usage.ts";
import type { BucketLevel, Charge, LimitState, TokenBucket, UsageAmount } from "./types.ts";

/** A limit of requests with its bucket. */
export interface RateCharge {
  readonly charge: Charge<RateRule>;
  readonly bucket: TokenBucket;
}

/** Returns the state of each limit of requests. */
export function describeRates(
  rates: readonly RateCharge[],
  levels: readonly BucketLevel[],
  now: number,
): readonly LimitState[] {
  return rates.map(({ charge: { scope, rule }, bucket: { capacity, periodMs } }, index) => {
    const tokens = levels[index]?.tokens ?? 0;
    return {
      scope,
      kind: "requests",
      limit: capacity,
      unit: rule.unit,
      remaining: Math.max(0, Math.floor(tokens)),
      resetsAt: Math.ceil(now + ((capacity - tokens) * periodMs) / capacity),
    };
  });
}

/** Returns the state of each budget. */
export function describeBudgets(
  budgets: readonly OpenBudget[],
  amounts: readonly UsageAmount[],
): readonly LimitState[] {
  return budgets.map((budget, index) => ({
    scope: budget.charge.scope,
    kind: budget.charge.rule.kind,
    limit: budget.limit,
    unit: budget.charge.rule.unit,
    remaining: Math.max(0, budget.limit - usedOf(budget, amounts[index] ?? NO_AMOUNT)),
    resetsAt: budget.endsAt,
  }));
}

/**
 * Returns the limits that a client may know: all but those of the server, which would show how busy it is. Of several with the
 * same scope, kind and period, it returns the one of which less remains.
 */
export function selectOwnLimits(states: readonly LimitState[]): readonly LimitState[] {
  const selected = new Map<string, LimitState>();
  for (const state of states) {
    if (state.scope === "server") continue;
    const name = `${state.scope} ${state.kind} ${state.unit}`;
    const other = selected.get(name);
    if (!other || remainingOf(state) < remainingOf(other)) selected.set(name, state);
  }
  return [...selected.values()];
}

function remainingOf({ limit, remaining = limit }: LimitState): number {
  return remaining;
}
