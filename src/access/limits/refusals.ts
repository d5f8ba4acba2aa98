/** The errors and warnings of limits, in words for the person who asks. */
import { type BudgetRule, formatLimit, type RateRule, type TurnRule } from "../../config/limits.ts";
import { AppError } from "../../errors.ts";
import type { Charge, LimitScope } from "./types.ts";

/** The time after which it is worth to ask again while as many turns run as may. */
const TURN_RETRY_MS = 5000;

const OWNERS: Readonly<Record<LimitScope, string>> = {
  caller: "",
  key: " of this API key",
  organization: " of your organization",
  address: " of your network address",
  server: " of this server",
};

export function createRateError({ scope, rule }: Charge<RateRule>, waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1000);
  const text = `Rate limit${OWNERS[scope]} exceeded (${formatLimit(rule)}). Try again in ${seconds} s.`;
  return new AppError("rate_limited", text, { retryable: true, retryAfterMs: waitMs, reason: "requests" });
}

export function createFailureError({ rule }: Charge<RateRule>, waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1000);
  const text = `Too many failed attempts to authenticate from your network address (${formatLimit(rule)}). Try again in ${seconds} s.`;
  return new AppError("rate_limited", text, {
    retryable: true,
    retryAfterMs: waitMs,
    reason: "authentication",
  });
}

export function createTurnError({ scope, rule }: Charge<TurnRule>): AppError {
  const text = `The limit${OWNERS[scope]} is ${formatLimit(rule)} at the same time. Try again when one has ended.`;
  return new AppError("rate_limited", text, {
    retryable: true,
    retryAfterMs: TURN_RETRY_MS,
    reason: "turns",
  });
}

/** @param used tokens or US dollars. @param endsAt when the period ends, as Unix time in milliseconds. */
export function createBudgetError(
  { scope, rule }: Charge<BudgetRule>,
  used: number,
  endsAt: number,
  now: number,
): AppError {
  const text = `The budget${OWNERS[scope]} of ${describeBudget(rule)} is used up: ${formatAmount(rule, used)}. It is renewed ${formatTime(endsAt)}.`;
  return new AppError("budget_exceeded", text, {
    retryable: true,
    retryAfterMs: Math.max(0, endsAt - now),
    reason: rule.kind,
  });
}

/** Returns the warning that 80 % of a budget are used. */
export function describeWarning(
  { scope, rule }: Charge<BudgetRule>,
  { used, endsAt, limit }: { readonly used: number; readonly endsAt: number; readonly limit: number },
): string {
  const percent = Math.floor((used / limit) * 100);
  return `${percent} % of the budget${OWNERS[scope]} of ${describeBudget(rule)} are used. It is renewed ${formatTime(endsAt)}.`;
}

function describeBudget({ kind, amount, unit }: BudgetRule): string {
  return `${amount.toLocaleString("en-US")} ${kind === "usd" ? "USD" : "tokens"} per ${unit}`;
}

function formatAmount({ kind }: BudgetRule, used: number): string {
  return kind === "usd" ? `${used.toFixed(used < 1 ? 4 : 2)} USD` : `${used.toLocaleString("en-US")} tokens`;
}

/** Returns a time such as `on 2026-11-30 at 00:00 UTC`. */
function formatTime(at: number): string {
  const iso = new Date(at).toISOString();
  return `on ${iso.slice(0, 10)} at ${iso.slice(11, 16)} UTC`;
}
