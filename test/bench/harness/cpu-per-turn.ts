/** Measures the CPU time that a server uses for a turn. */
import { readCpuSeconds } from "./process-usage.ts";
import type { Site } from "./types.ts";

/** The least time of a measurement: the system counts it in steps of 10 ms. */
const MIN_CPU_SECONDS = 0.3;

/** Connects new sessions, runs turns until they took long enough, and returns the milliseconds of each. */
export async function measureTurnCpu(
  { server, load }: Site,
  sessions: number,
  each: number,
): Promise<number> {
  await load.connect(server, sessions);
  const before = readCpuSeconds(server.pid);
  let [turns, seconds] = [0, 0];
  while (seconds < MIN_CPU_SECONDS) {
    turns += (await load.run({ order: "turns", each })).turns;
    seconds = readCpuSeconds(server.pid) - before;
  }
  await load.run({ order: "disconnect" });
  return (seconds * 1000) / turns;
}
