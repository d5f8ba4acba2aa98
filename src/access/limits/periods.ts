/** The days and months of UTC in which budgets are counted. */
import type { BudgetRule } from "../../config/limits.ts";

export interface UsagePeriod {
  /** `2026-11-29` or `2026-11`. */
  readonly name: string;
  /** When the next one begins, as Unix time in milliseconds. */
  readonly endsAt: number;
}

/** Returns the day or month of a Unix time in milliseconds. */
export function periodAt(unit: BudgetRule["unit"], at: number): UsagePeriod {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const iso = date.toISOString();
  return unit === "day"
    ? { name: iso.slice(0, 10), endsAt: Date.UTC(year, month, day + 1) }
    : { name: iso.slice(0, 7), endsAt: Date.UTC(year, month + 1) };
}
