/** Measures how soon a server answers one person while it works for another. */
import type { PingTimes } from "./ping-sender.ts";

/** Milliseconds for which the work is repeated. */
const DURATION_MS = 2000;

/** Pings from a thread of their own, which has no part in the work. */
export interface Pings {
  /** Pings while it repeats some work. */
  during(work: () => Promise<unknown>, durationMs?: number): Promise<PingTimes>;
  stop(): void;
}

/** @param headers the credentials of the person. */
export async function startPings(
  origin: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pings> {
  const worker = new Worker(`${import.meta.dir}/ping-sender.ts`);
  const order = (message: unknown) =>
    new Promise<PingTimes>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
      worker.postMessage(message);
    });
  await order({ origin, headers });
  return {
    async during(work, durationMs = DURATION_MS) {
      await order("start");
      const until = performance.now() + durationMs;
      while (performance.now() < until) await work();
      return await order("stop");
    },
    stop: () => worker.terminate(),
  };
}
