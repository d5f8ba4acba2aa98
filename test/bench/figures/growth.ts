/** How the cost of a turn grows with what is around it: history, tools, stored sessions, watchers, size of a result. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCpuSeconds, readResidentKb } from "../harness/process-usage.ts";
import { seedSessions } from "../harness/seed.ts";
import { findCommand } from "../harness/servers.ts";
import { withSpecchat } from "../harness/site.ts";
import type { Bench, Site } from "../harness/types.ts";
import type { Curve, Measurement } from "../measurement.ts";
import { writeDocument } from "./growing-document.ts";

const BURST = { deltas: 20, intervalMs: 0, callsTool: false };
const CLIENTS = 16;
/** Turns for the compilers. */
const WARM_UP = 640;
/** The CPU time of one measurement, which the system counts in steps of 10 ms. */
const MIN_CPU_SECONDS = 0.2;

interface Growth {
  readonly of: string;
  readonly sizes: readonly number[];
  /** The largest cost at the last size, as a multiple of that at the first. None where the work itself grows. */
  readonly target?: number;
  /** Measures every size. */
  readonly measure: (bench: Bench, sizes: readonly number[]) => Promise<Curve["points"]>;
}

const GROWTHS: readonly Growth[] = [
  { of: "turns of the history", sizes: [10, 30, 100, 300, 1000], target: 1.3, measure: measureHistory },
  { of: "tools", sizes: [10, 40, 150, 400, 1200], target: 1.5, measure: measureTools },
  { of: "stored sessions", sizes: [10, 100, 1000, 10_000, 50_000], target: 1.1, measure: measureStored },
  { of: "watchers, for each", sizes: [1, 10, 50, 200, 500], target: 1, measure: measureWatchers },
  { of: "bytes of a result", sizes: [1000, 10_000, 100_000, 1_000_000, 9_900_000], measure: measureResults },
];

export async function growth(bench: Bench): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { of, sizes, target, measure } of GROWTHS) {
    const points = await measure(bench, bench.isQuick ? sizes.slice(0, 4) : sizes);
    const [first, last] = [points.at(0), points.at(-1)];
    if (!first || !last) continue;
    const range = `${first.size.toLocaleString("en")} to ${last.size.toLocaleString("en")}`;
    measurements.push({
      name: `a turn against ${of}, ${range}`,
      value: `${first.cpuMs.toFixed(2)} to ${last.cpuMs.toFixed(2)} ms of CPU`,
      curve: { of, points },
      ratio: { of: last.cpuMs / first.cpuMs, to: "the first", ...(target !== undefined && { target }) },
    });
  }
  return measurements;
}

/** Measures turns until they took long enough. `each` is how many turns of a session are run at a time. */
async function measurePoint({ server, load }: Site, size: number, each = 2, only = CLIENTS) {
  const before = readCpuSeconds(server.pid);
  let [turns, seconds] = [0, 0];
  while (seconds < MIN_CPU_SECONDS) {
    turns += (await load.run({ order: "turns", each, only })).turns;
    seconds = readCpuSeconds(server.pid) - before;
  }
  return { size, cpuMs: (seconds * 1000) / turns, residentMb: readResidentKb(server.pid) / 1000 };
}

/** Connects sessions and lets the compilers work. */
async function warmUp({ server, load }: Site): Promise<void> {
  await load.connect(server, CLIENTS);
  await load.run({ order: "turns", each: WARM_UP / CLIENTS });
  await load.run({ order: "disconnect" });
}

/** Measures one size on a server of its own. */
function measureAlone(
  bench: Bench,
  size: number,
  argv: readonly string[],
  spec?: string,
  dataFolder?: string,
) {
  const options = { argv, ...(spec !== undefined && { spec }), dataFolder };
  return withSpecchat(bench, options, async (site) => {
    await site.model.set(BURST);
    await warmUp(site);
    await site.load.connect(site.server, CLIENTS);
    return await measurePoint(site, size);
  });
}

function measureHistory(bench: Bench, sizes: readonly number[]): Promise<Curve["points"]> {
  return withSpecchat(bench, {}, async (site) => {
    await site.model.set(BURST);
    await warmUp(site);
    await site.load.connect(site.server, CLIENTS / 2);
    const points = [];
    let turns = 0;
    for (const size of sizes) {
      await site.load.run({ order: "turns", each: size - turns });
      turns = size;
      const before = readCpuSeconds(site.server.pid);
      const each = Math.max(5, Math.round(size / 20));
      const report = await site.load.run({ order: "turns", each });
      const seconds = readCpuSeconds(site.server.pid) - before;
      turns += each;
      const residentMb = readResidentKb(site.server.pid) / 1000;
      points.push({ size, cpuMs: (seconds * 1000) / report.turns, residentMb });
    }
    return points;
  });
}

async function measureTools(bench: Bench, sizes: readonly number[]): Promise<Curve["points"]> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-tools-"));
  const points = [];
  for (const size of sizes)
    points.push(await measureAlone(bench, size, [], await writeDocument(folder, size)));
  await rm(folder, { recursive: true });
  return points;
}

async function measureStored(bench: Bench, sizes: readonly number[]): Promise<Curve["points"]> {
  const points = [];
  for (const size of sizes) {
    const folder = await mkdtemp(join(tmpdir(), "specchat-seeded-"));
    await seedSessions(await findCommand(bench), folder, size);
    points.push(await measureAlone(bench, size, [], undefined, folder));
    await rm(folder, { recursive: true });
  }
  return points;
}

/** Measures a turn of one session that many clients follow: the time for each of them. */
function measureWatchers(bench: Bench, sizes: readonly number[]): Promise<Curve["points"]> {
  return withSpecchat(bench, {}, async (site) => {
    await site.model.set(BURST);
    await warmUp(site);
    const points = [];
    for (const size of sizes) {
      await site.load.connect(site.server, size);
      await site.load.run({ order: "turns", each: 1, only: 1 });
      await site.load.run({ order: "resume" });
      const point = await measurePoint(site, size, 2, 1);
      points.push({ ...point, cpuMs: point.cpuMs / size });
      await site.load.run({ order: "disconnect" });
    }
    return points;
  });
}

async function measureResults(bench: Bench, sizes: readonly number[]): Promise<Curve["points"]> {
  const points = [];
  for (const size of sizes)
    points.push(
      await withSpecchat(bench, {}, async (site) => {
        await site.model.set({ ...BURST, callsTool: true });
        await warmUp(site);
        await site.model.set({ ...BURST, callsTool: true, resultBytes: size });
        await site.load.connect(site.server, 2);
        return await measurePoint(site, size, 1, 2);
      }),
    );
  return points;
}
