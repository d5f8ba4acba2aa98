import { useEffect, useState } from "react";

/** Is that moment (ISO 8601) over? Renders again when it is. */
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

/** Milliseconds: longer timers run out at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
