import { useEffect, useState } from "react";

/** Returns whether a time (ISO 8601) has passed. Renders again when it passes. */
export function useIsPast(time: string): boolean {
  const [now, setNow] = useState(Date.now);
  const remainingMs = Date.parse(time) - now;
  useEffect(() => {
    if (!(remainingMs > 0)) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(remainingMs, MAX_TIMEOUT_MS));
    return () => clearTimeout(timer);
  }, [remainingMs]);
  return remainingMs <= 0;
}

/** The longest delay, in milliseconds, that `setTimeout` supports. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
