/**
 * `bun run bench soak [--minutes N]` runs two replicas under mixed turns, faults, drops, resumes and reloads. Between shifts of
 * load nobody is connected: then memory, sockets, file handles and timers are counted, which must not grow. It prints every
 * request that had no answer.
 */
import { median } from "../measurement.ts";
import { SoakClient } from "./client.ts";
import { type Replicas, startReplicas } from "./replicas.ts";
import type { Sample, Tally } from "./types.ts";

const DEFAULT_MINUTES = 30;
const CLIENTS = 24;
const MAX_SHIFT_SECONDS = 60;
/** The least number of shifts, of which the first warms up. */
const MIN_SHIFTS = 8;
/** Seconds after a shift in which connections close and sessions leave memory. */
const SETTLE_SECONDS = 12;
const RELOAD_MS = 15_000;

/** What may grow: from the first third of the shifts to the last, by a factor and by a number. */
const LIMITS: Readonly<Record<keyof Sample, { readonly factor: number; readonly more: number }>> = {
  residentMb: { factor: 1.1, more: 5 },
  heapMb: { factor: 1.1, more: 3 },
  objects: { factor: 1.1, more: 5000 },
  timers: { factor: 1, more: 15 },
  files: { factor: 1, more: 8 },
  sockets: { factor: 1, more: 8 },
};

/** Runs the command. Returns whether nothing grew and everything was answered. */
export async function soak({
  minutes = DEFAULT_MINUTES,
}: {
  readonly minutes?: string | number;
}): Promise<boolean> {
  const seconds = Number(minutes) * 60;
  const shiftSeconds = Math.min(MAX_SHIFT_SECONDS, seconds / MIN_SHIFTS);
  const replicas = await startReplicas();
  const tally: Tally = { turns: 0, errors: 0, drops: 0, requests: 0, pages: 0, unanswered: [] };
  const samples: (readonly Sample[])[] = [];
  try {
    await replicas.model.set({ deltas: 20, intervalMs: 10, callsTool: true, faults: 0.05 });
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      await runShift(replicas, tally, Math.max(8, shiftSeconds - SETTLE_SECONDS));
      await Bun.sleep(SETTLE_SECONDS * 1000);
      const shift = await Promise.all(replicas.servers.map(replicas.sample));
      samples.push(shift);
      process.stdout.write(`${formatShift(samples.length, shift, tally)}\n`);
    }
  } finally {
    await replicas.stop();
  }
  const grown = replicas.servers.flatMap((_, replica) => findGrowth(samples.map((shift) => shift[replica])));
  for (const line of [...tally.unanswered, ...grown]) process.stdout.write(`  ${line}\n`);
  process.stdout.write(
    `${tally.unanswered.length} requests without an answer; ${grown.length} figures grew\n`,
  );
  return tally.unanswered.length + grown.length === 0;
}

async function runShift({ servers, changeDocument }: Replicas, tally: Tally, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000;
  const reloading = setInterval(() => void changeDocument(), RELOAD_MS);
  const clients = Array.from({ length: CLIENTS }, () => new SoakClient(servers, tally));
  await Promise.all(clients.map((client) => client.run(until)));
  clearInterval(reloading);
}

function formatShift(number: number, shift: readonly Sample[], tally: Tally): string {
  const held = shift.map(
    ({ residentMb, heapMb, timers, files, sockets }) =>
      `${residentMb.toFixed(0)} MB (heap ${heapMb.toFixed(0)}), ${timers} timers, ${files} files, ${sockets} sockets`,
  );
  const done = `${tally.turns} turns (${tally.errors} with an error), ${tally.drops} drops, ${tally.requests} requests, ${tally.pages} pages`;
  return `shift ${number}: ${done}; ${held.join(" | ")}`;
}

/** Returns a line for each figure of a replica that grew. The first shift does not count. */
function findGrowth(shifts: readonly (Sample | undefined)[]): readonly string[] {
  const counted = shifts.slice(1).filter((sample) => sample !== undefined);
  const third = Math.ceil(counted.length / 3);
  return (Object.keys(LIMITS) as (keyof Sample)[]).flatMap((figure) => {
    const { factor, more } = LIMITS[figure];
    const before = median(counted.slice(0, third).map((sample) => sample[figure]));
    const after = median(counted.slice(-third).map((sample) => sample[figure]));
    return after <= before * factor + more ? [] : [`${figure} grew from ${before} to ${after}`];
  });
}
