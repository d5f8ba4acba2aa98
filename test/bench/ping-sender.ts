/** A thread that pings a server as one person. It answers each order: an origin to connect to, `start` and `stop`. */
import { NativeClient } from "../support/harness.ts";

/** Milliseconds between two pings. */
const PING_MS = 2;

/** Milliseconds until the answers to pings. */
export interface PingTimes {
  readonly p99: number;
  readonly max: number;
}

interface Person {
  readonly origin: string;
  readonly headers: Record<string, string>;
}

declare const self: Worker;

let client: NativeClient;
let times: number[] = [];
let isStarted = false;
let pinging: Promise<void> | undefined;

async function ping(): Promise<void> {
  while (isStarted) {
    const start = performance.now();
    client.send({ type: "ping" });
    await client.waitFor("pong");
    times.push(performance.now() - start);
    await Bun.sleep(PING_MS);
  }
}

self.onmessage = async ({ data }: MessageEvent<Person | "start" | "stop">) => {
  if (typeof data === "object") client = await NativeClient.connect(data.origin, data.headers);
  else {
    isStarted = data === "start";
    // The last ping counts however late its answer is.
    await pinging;
    if (isStarted) {
      times = [];
      pinging = ping();
    }
  }
  const sorted = times.toSorted((a, b) => a - b);
  self.postMessage({
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  } satisfies PingTimes);
};
