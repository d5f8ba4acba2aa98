/** Measures how soon a server answers one person while it works for another. */
import { NativeClient } from "../support/harness.ts";

/** Milliseconds between two pings. */
const PING_MS = 2;
/** Milliseconds for which the work is repeated. */
const DURATION_MS = 2000;

/** Milliseconds until the answers to pings. */
export interface PingTimes {
  readonly p99: number;
  readonly max: number;
}

/** Returns a function that pings while it repeats some work. */
export async function startPings(origin: string): Promise<(work: () => Promise<void>) => Promise<PingTimes>> {
  const client = await NativeClient.connect(origin);
  return async (work) => {
    const until = performance.now() + DURATION_MS;
    const times: number[] = [];
    let isOver = false;
    const working = (async () => {
      while (performance.now() < until) await work();
      isOver = true;
    })();
    while (!isOver) {
      const start = performance.now();
      client.send({ type: "ping" });
      await client.waitFor("pong");
      times.push(performance.now() - start);
      await Bun.sleep(PING_MS);
    }
    await working;
    const sorted = times.toSorted((a, b) => a - b);
    return {
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      max: sorted.at(-1) ?? Number.NaN,
    };
  };
}
