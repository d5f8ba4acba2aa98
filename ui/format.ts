/** Formats numbers for display. */
import { currentLocale, formatNumber, isolate, t } from "./language/language.ts";

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return t("unit.milliseconds", { value: Math.round(milliseconds) });
  if (milliseconds < 59_950) return t("unit.seconds", { value: formatNumber(milliseconds / 1000, 1) });
  const seconds = Math.round(milliseconds / 1000);
  return t("unit.minutes", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
}

/** Formats a size in decimal units (1 kB is 1,000 bytes). */
export function formatFileSize(bytes: number): string {
  if (bytes < 1000) return t("unit.bytes", { value: bytes });
  if (bytes < 999_500)
    return t("unit.kilobytes", { value: formatNumber(bytes / 1000, bytes < 9_950 ? 1 : 0) });
  return t("unit.megabytes", { value: formatNumber(bytes / 1e6, bytes < 9_950_000 ? 1 : 0) });
}

/** Formats a time in the time zone of the browser: "Nov 29, 2:28 PM". The year is left out of a time of this year. */
export function formatTime(at: string): string {
  const date = new Date(at);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleString(currentLocale(), {
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    ...(!isThisYear && { year: "numeric" }),
  });
}

/** Formats an amount. Small amounts keep two significant digits. */
export function formatDollars(value: number): string {
  const digits = value === 0 ? 0 : value >= 0.1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(value)));
  const format = new Intl.NumberFormat(currentLocale(), {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // The sign of the currency stays on its side of the number: Arabic texts have it from left to right too.
  return isolate(format.format(value).replace(/\u200f/g, ""));
}
