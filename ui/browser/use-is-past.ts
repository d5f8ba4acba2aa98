import { useEffect, useState } from "react";

/** Is that moment (ISO 8601) over? Renders again when it is. */
export function useIsPast(time: string): boolean {
  const [now, setNow] = useState(Date.now);
  const left = Date.parse(time) - now;
  useEffect(() => {
    if (!(left > 0)) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(left, LONGEST));
    return () => clearTimeout(timer);
  }, [left]);
  return left <= 0;
}

/** Milliseconds: longer timers run out at once. */
const LONGEST = 2 ** 31 - 1;
