/** How soon a server answers under load: 300 turns a second, and 500 sessions that ask in the same moment. */
import { compareSamples } from "../harness/compare.ts";
import { compareWith, measureRounds } from "../harness/rounds.ts";
import type { Bench } from "../harness/types.ts";
import type { Measurement } from "../measurement.ts";

const TURNS_PER_SECOND = 300;
const SESSIONS = 600;
const BURST = 500;

/** Measures delays while turns start at their times, however long those before them take. */
export async function rate(bench: Bench): Promise<readonly Measurement[]> {
  const samples = await measureRounds({
    servers: compareWith(bench, ["A", "B"]),
    rounds: bench.rounds,
    async measure({ server, load, model }) {
      await model.set({ deltas: 20, intervalMs: 0, callsTool: false });
      await load.connect(server, SESSIONS);
      const seconds = bench.isQuick ? 3 : 6;
      const report = await load.run({ order: "rate", perSecond: TURNS_PER_SECOND, seconds });
      await load.run({ order: "disconnect" });
      return { delta: report.delta.p99, turn: report.turn.p99 };
    },
  });
  const target = { of: "A", atMost: 1.2 };
  const at = `at ${TURNS_PER_SECOND} turns a second, p99`;
  return [
    compareSamples(samples, { name: `delay of a delta ${at}`, unit: "ms", metric: "delta", target }),
    compareSamples(samples, { name: `delay of a turn ${at}`, unit: "ms", metric: "turn", target }),
  ];
}

/** Measures the time to the first token when all sessions ask in the same moment. */
export async function firstToken(bench: Bench): Promise<readonly Measurement[]> {
  const samples = await measureRounds({
    servers: compareWith(bench, ["A", "B"]),
    rounds: bench.rounds,
    async measure({ server, load, model }) {
      await model.set({ deltas: 20, intervalMs: 20, callsTool: false });
      await load.connect(server, BURST);
      const { firstToken } = await load.run({ order: "turns", each: 1 });
      await load.run({ order: "disconnect" });
      return { median: firstToken.p50, p99: firstToken.p99 };
    },
  });
  const name = `time to the first token, ${BURST} sessions in a burst`;
  return [
    compareSamples(samples, {
      name: `${name}, median`,
      unit: "ms",
      metric: "median",
      target: { of: "A", atMost: 0.7 },
    }),
    compareSamples(samples, { name: `${name}, p99`, unit: "ms", metric: "p99" }),
  ];
}
