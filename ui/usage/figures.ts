/** Formats the figures of usage for people. */
import type { UsageFigures } from "../../src/telemetry/usage/types.ts";
import { formatDollars } from "../format.ts";
import { currentLocale, t } from "../language/language.ts";

/** Returns a number of three digits or fewer as it is, and a larger one such as `12.3K`. */
export function formatShort(value: number): string {
  return new Intl.NumberFormat(currentLocale(), { notation: "compact", maximumFractionDigits: 1 }).format(
    value,
  );
}

/** The price of a model may be unknown. */
export function formatCost({ costUsd }: Pick<UsageFigures, "costUsd">): string {
  return costUsd === null ? t("usage.unknown") : formatDollars(costUsd);
}

/** All input and output tokens, with those of the cache. */
export function countTokens(figures: UsageFigures): number {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = figures;
  return inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
}

/** Returns a share such as `12%`; empty when the whole is 0. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return "";
  const style = { style: "percent", maximumFractionDigits: part / whole < 0.01 ? 1 : 0 } as const;
  return new Intl.NumberFormat(currentLocale(), style).format(part / whole);
}
