/** Turns per CPU-second of a server: plain or with a tool call, all at once or at the pace of a model. */

import { compareSamples } from "../harness/compare.ts";
import { measureTurnCpu } from "../harness/cpu-per-turn.ts";
import { compareWith, measureRounds } from "../harness/rounds.ts";
import type { Benchmark } from "../harness/types.ts";
import type { Measurement } from "../measurement.ts";
import type { Behavior } from "../model-server/types.ts";

const SESSIONS = 64;
const DELTAS = 20;
/** Milliseconds between two deltas of a model that writes 50 a second. */
const PACE_MS = 20;

interface TurnFigure {
  readonly name: string;
  readonly behavior: Behavior;
  /** Turns of a session in a round. */
  readonly turns: number;
  readonly atLeast: number;
}

const FIGURES: Readonly<Record<string, TurnFigure>> = {
  turn: {
    name: `plain turn, ${DELTAS} deltas, ${SESSIONS} sessions, burst`,
    behavior: { deltas: DELTAS, intervalMs: 0, callsTool: false },
    turns: 10,
    atLeast: 1.5,
  },
  "turn-paced": {
    name: "the same, paced at 50 deltas a second",
    behavior: { deltas: DELTAS, intervalMs: PACE_MS, callsTool: false },
    turns: 6,
    atLeast: 1.2,
  },
  "tool-turn": {
    name: "turn with one tool call, burst",
    behavior: { deltas: DELTAS, intervalMs: 0, callsTool: true },
    turns: 8,
    atLeast: 1.1,
  },
  "tool-turn-paced": {
    name: "turn with one tool call, paced",
    behavior: { deltas: DELTAS, intervalMs: PACE_MS, callsTool: true },
    turns: 6,
    atLeast: 1.1,
  },
};

function createBenchmark({ name, behavior, turns, atLeast }: TurnFigure): Benchmark {
  return async (bench): Promise<readonly Measurement[]> => {
    const each = bench.isQuick ? Math.ceil(turns / 2) : turns;
    const samples = await measureRounds({
      servers: compareWith(bench, ["A", "B"]),
      rounds: bench.rounds,
      async measure(site) {
        await site.model.set(behavior);
        return { turnsPerSecond: 1000 / (await measureTurnCpu(site, SESSIONS, each)) };
      },
    });
    const unit = "turns per CPU-second";
    return [compareSamples(samples, { name, unit, metric: "turnsPerSecond", target: { of: "A", atLeast } })];
  };
}

/** Name → the benchmark of a kind of turn. */
export const TURN_BENCHMARKS: Readonly<Record<string, Benchmark>> = Object.fromEntries(
  Object.entries(FIGURES).map(([name, figure]) => [name, createBenchmark(figure)]),
);
