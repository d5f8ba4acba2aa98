import { nameDay } from "../state/days.ts";

/** The day of the messages below it. The sticky one names the day of what is at the top, and is for the eye only. */
export function DayMark({ day, isSticky = false }: { day: string; isSticky?: boolean }) {
  return (
    <div className={isSticky ? "day-mark day-mark-sticky" : "day-mark"} aria-hidden={isSticky}>
      <time dateTime={day}>{nameDay(day, new Date())}</time>
    </div>
  );
}
