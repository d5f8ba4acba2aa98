/** Formats the figures of usage for people. */
import type { UsageFigures } from "../../src/telemetry/usage/types.ts";
import { formatDollars } from "../format.ts";

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** Returns a number of three digits or fewer as it is, and a larger one such as `12.3K`. */
export function formatNumber(value: number): string {
  return compact.format(value);
}

/** The price of a model may be unknown. */
export function formatCost({ costUsd }: Pick<UsageFigures, "costUsd">): string {
  return costUsd === null ? "unknown" : formatDollars(costUsd);
}

/** All input and output tokens, with those of the cache. */
export function countTokens(figures: UsageFigures): number {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = figures;
  return inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
}

/** Returns a share such as `12%`; empty when the whole is 0. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return "";
  const percent = (part / whole) * 100;
  return percent > 0 && percent < 1 ? "<1%" : `${Math.round(percent)}%`;
}
