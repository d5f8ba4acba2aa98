/** 10,000 sockets: what connecting them costs, and the memory of their sessions after a turn. */
import { compareSamples } from "../harness/compare.ts";
import { readCpuSeconds, settleResidentKb } from "../harness/process-usage.ts";
import { compareWith, measureRounds } from "../harness/rounds.ts";
import type { Bench } from "../harness/types.ts";
import { type Measurement, median } from "../measurement.ts";

const SESSIONS = 10_000;
/** Sessions before the measured ones, which compile the code and fill the pools of the runtime. */
const WARM_UP = 500;
/** Turns at the same time. */
const AT_ONCE = 64;
const SETTLE_SECONDS = 5;
const LIMIT_KB = 6;

export async function memory(bench: Bench): Promise<readonly Measurement[]> {
  const sockets = bench.isQuick ? SESSIONS / 2 : SESSIONS;
  const samples = await measureRounds({
    servers: compareWith(bench, ["A", "B"]),
    rounds: 1,
    isFresh: true,
    async measure({ server, load, model }) {
      await model.set({ deltas: 20, intervalMs: 0, callsTool: false });
      await load.connect(server, WARM_UP);
      await load.run({ order: "turns", each: 1, atOnce: AT_ONCE });
      await load.run({ order: "disconnect" });
      const before = await settleResidentKb(server.pid, SETTLE_SECONDS);
      const cpuBefore = readCpuSeconds(server.pid);
      await load.connect(server, sockets);
      const connectSeconds = readCpuSeconds(server.pid) - cpuBefore;
      await load.run({ order: "turns", each: 1, atOnce: AT_ONCE });
      const after = await settleResidentKb(server.pid, SETTLE_SECONDS);
      await load.run({ order: "disconnect" });
      return { connectSeconds, sessionKb: (after - before) / sockets };
    },
  });
  const own = median(samples.get("specchat")?.sessionKb ?? []);
  const session = compareSamples(samples, {
    name: `resident memory of a session after a turn, ${sockets.toLocaleString("en")} sessions`,
    unit: "KB",
    metric: "sessionKb",
  });
  return [
    compareSamples(samples, {
      name: `connecting ${sockets.toLocaleString("en")} sockets`,
      unit: "CPU seconds",
      metric: "connectSeconds",
      target: { of: "A", atMost: 1.5 },
    }),
    { ...session, ratio: { of: own / LIMIT_KB, to: `${LIMIT_KB} KB`, target: 1 } },
  ];
}
