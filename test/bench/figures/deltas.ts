/** 200 streams of 50 deltas a second: what a delta costs, and how long it takes through the server. */
import { compareSamples } from "../harness/compare.ts";
import { readCpuSeconds } from "../harness/process-usage.ts";
import { compareWith, measureRounds } from "../harness/rounds.ts";
import type { Bench } from "../harness/types.ts";
import type { Measurement } from "../measurement.ts";

const STREAMS = 200;
const PACE_MS = 20;

export async function deltas(bench: Bench): Promise<readonly Measurement[]> {
  const behavior = { deltas: bench.isQuick ? 100 : 200, intervalMs: PACE_MS, callsTool: false };
  const samples = await measureRounds({
    servers: compareWith(bench, ["A", "B"]),
    rounds: bench.rounds,
    async measure({ server, load, model }) {
      await model.set(behavior);
      await load.connect(server, STREAMS);
      const before = readCpuSeconds(server.pid);
      const report = await load.run({ order: "turns", each: 1 });
      const seconds = readCpuSeconds(server.pid) - before;
      await load.run({ order: "disconnect" });
      return { perSecond: report.deltas / seconds, delayMs: report.delta.p99 };
    },
  });
  return [
    compareSamples(samples, {
      name: `a delta, ${STREAMS} streams at 50 a second`,
      unit: "deltas per CPU-second",
      metric: "perSecond",
      target: { of: "A", atLeast: 1.8 },
    }),
    compareSamples(samples, {
      name: "delay of a delta, p99, the same streams",
      unit: "ms",
      metric: "delayMs",
      target: { of: "A", atMost: 1 },
    }),
  ];
}
