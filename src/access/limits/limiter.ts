/** Applies the limits of the settings and of roles to requests and turns. */
import { randomUUID } from "node:crypto";
import { formatLimit, type RateRule, type TurnRule, unitMs } from "../../config/limits.ts";
import type { AppError } from "../../errors.ts";
import type { Caller } from "../types.ts";
import { BoundedMap } from "./bounded-map.ts";
import { openBudgets, readUsage, usedOf } from "./budgets.ts";
import { chargesFor, failureCharges } from "./charges.ts";
import { NO_AMOUNT } from "./memory-usage.ts";
import { createBudgetError, createFailureError, createRateError, createTurnError } from "./refusals.ts";
import { describeBudgets, describeRates, type RateCharge } from "./states.ts";
import { findSpentBudget, TurnMeter } from "./turn-meter.ts";
import type {
  BucketLevel,
  BudgetWarning,
  CallerLimits,
  Charge,
  Limiter,
  LimitState,
  LimitStores,
  LimitTable,
  Refusal,
  Spender,
  TurnPermit,
} from "./types.ts";

/** Budgets whose warnings are remembered. */
const MAX_WARNED = 10_000;

export interface LimiterOptions {
  readonly table: LimitTable;
  /** Returns the limits of a caller's roles. */
  readonly limitsOf: (caller: Caller) => CallerLimits;
  readonly stores: Required<LimitStores>;
  /** Returns milliseconds. */
  readonly now: () => number;
  readonly onRefusal: (refusal: Refusal) => void;
  /** Called when 80 % of a budget are used, once for each process and period. */
  readonly onWarning: (warning: BudgetWarning, spender: Spender) => void;
}

export function createLimiter(options: LimiterOptions): Limiter {
  const { limitsOf, stores, now, onRefusal, onWarning } = options;
  let { table } = options;
  /** Budgets of whose use this process has warned, by the name of their counter and their limit. */
  const warned = new BoundedMap<true>(MAX_WARNED);
  const charge = (spender: Spender) => chargesFor(spender, table, limitsOf(spender.caller), now());
  const refuse = ({ scope, rule }: Charge) => onRefusal({ scope, kind: rule.kind, limit: formatLimit(rule) });
  const createMeter = (spender: Spender, warn: (warning: BudgetWarning) => void) =>
    new TurnMeter({
      charges: charge(spender),
      usage: stores.usage,
      now,
      onRefusal: refuse,
      onWarning(warning) {
        onWarning(warning, spender);
        if (warning.scope !== "server") warn(warning);
      },
      warned,
    });
  return {
    async admit(spender, usesModel, report) {
      const charges = charge(spender);
      if (charges.length === 0) return;
      const { states, refused } = await countRequest(charges, usesModel, stores, now());
      report?.(states);
      if (!refused) return;
      refuse(refused.charge);
      throw refused.error;
    },
    async startTurn(spender, isResumed = false) {
      const charges = charge(spender);
      const { refused, release } = await acquireTurn(charges, stores, isResumed);
      if (refused) {
        refuse(refused);
        throw createTurnError(refused);
      }
      if (openBudgets(charges, now()).length === 0) return { openBudget: () => undefined, release };
      return permitWithBudget((warn) => createMeter(spender, warn), release);
    },
    async countFailure(address) {
      const rates = failureCharges(address, table).map(toRateCharge);
      const slowest = findSlowest(rates, await takeTokens(rates, stores));
      if (!slowest) return;
      refuse(slowest.charge);
      throw createFailureError(slowest.charge, slowest.waitMs);
    },
    async recordUsage(spender, spent) {
      await createMeter(spender, () => {}).settle(spent);
    },
    replace(next) {
      table = next;
    },
  };
}

/** Counts a request, and finds the limit that refuses it, if any. */
async function countRequest(
  charges: readonly Charge[],
  usesModel: boolean,
  { buckets, usage }: Required<LimitStores>,
  now: number,
): Promise<{
  readonly states: readonly LimitState[];
  readonly refused: { readonly charge: Charge; readonly error: AppError } | undefined;
}> {
  const rates = charges.filter(isRate).map(toRateCharge);
  const budgets = openBudgets(charges, now);
  const [levels, amounts] = await Promise.all([takeTokens(rates, { buckets }), readUsage(budgets, usage)]);
  const states = [
    ...describeRates(rates, levels, now),
    ...charges.filter(isTurnLimit).map(({ scope, rule, share }) => ({
      scope,
      kind: rule.kind,
      limit: rule.amount * share,
    })),
    ...describeBudgets(budgets, amounts),
  ];
  const used = budgets.map((budget, index) => usedOf(budget, amounts[index] ?? NO_AMOUNT));
  const spent = usesModel ? findSpentBudget(budgets, used) : undefined;
  if (spent) {
    const { budget } = spent;
    const error = createBudgetError(budget.charge, spent.used, budget.endsAt, now);
    return { states, refused: { charge: budget.charge, error } };
  }
  const slowest = findSlowest(rates, levels);
  if (!slowest) return { states, refused: undefined };
  return {
    states,
    refused: { charge: slowest.charge, error: createRateError(slowest.charge, slowest.waitMs) },
  };
}

async function takeTokens(
  rates: readonly RateCharge[],
  { buckets }: Pick<Required<LimitStores>, "buckets">,
): Promise<readonly BucketLevel[]> {
  return rates.length === 0 ? [] : await buckets.take(rates.map(({ bucket }) => bucket));
}

/** Returns the limit with the longest wait; undefined when none makes the client wait. */
function findSlowest(
  rates: readonly RateCharge[],
  levels: readonly BucketLevel[],
): { readonly charge: Charge<RateRule>; readonly waitMs: number } | undefined {
  return rates
    .map(({ charge }, index) => ({ charge, waitMs: levels[index]?.waitMs ?? 0 }))
    .filter(({ waitMs }) => waitMs > 0)
    .toSorted((a, b) => b.waitMs - a.waitMs)[0];
}

async function acquireTurn(
  charges: readonly Charge[],
  { turns }: Required<LimitStores>,
  isResumed: boolean,
): Promise<{ readonly refused?: Charge<TurnRule> | undefined; readonly release: () => Promise<void> }> {
  const limits = charges.filter(isTurnLimit);
  if (limits.length === 0) return { release: async () => {} };
  const turn = randomUUID();
  const slots = limits.map(({ subject, rule, share }) => ({
    subject,
    max: isResumed ? Number.MAX_SAFE_INTEGER : rule.amount * share,
  }));
  const full = await turns.acquire(turn, slots);
  const subjects = slots.map(({ subject }) => subject);
  return {
    refused: full === undefined ? undefined : limits[full],
    release: () => turns.release(turn, subjects),
  };
}

function permitWithBudget(
  createMeter: (warn: (warning: BudgetWarning) => void) => TurnMeter,
  release: () => Promise<void>,
): TurnPermit {
  let meter: TurnMeter | undefined;
  return {
    openBudget(onWarning) {
      meter = createMeter(onWarning);
      return meter;
    },
    async release() {
      await Promise.all([meter?.cancel(), release()]);
    },
  };
}

function toRateCharge(charge: Charge<RateRule>): RateCharge {
  const { rule, subject, share } = charge;
  const bucket = {
    key: `${rule.unit}:${subject}`,
    capacity: rule.amount * share,
    periodMs: unitMs(rule.unit),
  };
  return { charge, bucket };
}

function isRate(charge: Charge): charge is Charge<RateRule> {
  return charge.rule.kind === "requests";
}

function isTurnLimit(charge: Charge): charge is Charge<TurnRule> {
  return charge.rule.kind === "turns";
}
