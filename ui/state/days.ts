/** Marks the first entry of each day. */
import { currentLocale, t } from "../language/language.ts";
import type { Entry } from "./types.ts";

/** An entry of the list. `day` is set on the first entry of a day: an ISO 8601 date in the user's time zone. */
export interface DatedEntry {
  readonly entry: Entry;
  readonly day: string | undefined;
}

/** The results by entry: an entry that has not changed keeps its object, so that it is not rendered again. */
const known = new WeakMap<Entry, DatedEntry>();

/** `before` is the time of the message before the entries. */
export function markDays(entries: readonly Entry[], before: string | undefined): readonly DatedEntry[] {
  let current = before && dayOf(before);
  return entries.map((entry) => {
    const day = entry.kind === "user" && entry.at !== undefined ? dayOf(entry.at) : current;
    const mark = day === current ? undefined : day;
    current = day;
    const before = known.get(entry);
    if (before !== undefined && before.day === mark) return before;
    const item = { entry, day: mark };
    known.set(entry, item);
    return item;
  });
}

/** Returns the day of the entry at a position: that of the last mark before it, or of the message `before` all. */
export function dayAt(
  items: readonly DatedEntry[],
  position: number,
  before: string | undefined,
): string | undefined {
  return (
    items.slice(0, position + 1).findLast(({ day }) => day !== undefined)?.day ?? (before && dayOf(before))
  );
}

const days = new Map<string, string>();

/** Returns the date of a time. Times are read once: a list asks for them at every delta. */
function dayOf(time: string): string {
  const minute = time.slice(0, 16);
  const found = days.get(minute);
  if (found !== undefined) return found;
  const date = new Date(time);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
  days.set(minute, day);
  return day;
}

/** Returns how a day is called: "Today", "Yesterday", or its date. */
export function nameDay(day: string, now: Date): string {
  const today = dayOf(now.toISOString());
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const at = new Date(year, month - 1, date);
  if (day === today) return t("list.today");
  if (dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).toISOString()) === day)
    return t("list.yesterday");
  const isThisYear = year === now.getFullYear();
  return at.toLocaleDateString(currentLocale(), {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(!isThisYear && { year: "numeric" }),
  });
}
