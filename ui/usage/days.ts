/** Days of UTC, such as 2026-11-29, as the server counts them. */
import { currentLocale } from "../language/language.ts";

const DAY_MS = 86_400_000;

/** Returns the last days, the oldest first, today included. */
export function lastDays(count: number, now: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => dayOf(now - (count - 1 - index) * DAY_MS));
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Returns a day as people read it: `Nov 29`. */
export function formatDay(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(currentLocale(), {
    month: "short",
    day: "numeric",
    timeZone: "UTC",
  });
}
