/** Measures how late timers fire while the server is busy. */
import type { App } from "../context.ts";

const INTERVAL_MS = 500;

/** Measures until the returned function is called. */
export function measureEventLoopLag({ time }: Pick<App["telemetry"], "time">): () => void {
  let expectedAt = performance.now() + INTERVAL_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    time("eventLoopLag", {}, Math.max(0, now - expectedAt) / 1000);
    expectedAt = now + INTERVAL_MS;
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
