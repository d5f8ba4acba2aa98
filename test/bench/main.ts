/**
 * `bun run bench [NAME …]` runs the benchmarks: every figure is compared with a baseline of the same run.
 *
 *     --only NAME,NAME    these benchmarks, as the arguments without a flag
 *     --quick             fewer rounds, sessions and turns
 *     --rounds N          interleaved rounds (default 5)
 *     --against BUILD     measures another build in turn with this one: a commit, or the path of an executable
 *     --profile           prints the functions that take most CPU time; specchat runs from its sources
 *     --json FILE         writes all samples
 *     --manual            writes the figures and the drawing into the manual
 *
 * `bun run bench corpus FOLDER [EVERY]` compares requests with a second reading of the folder's documents.
 * `bun run bench install` installs the executable on a clean Debian: see clean-install/index.ts.
 * `bun run bench fuzz` attacks with mutated input, `bun run bench crash` kills servers, `bun run bench soak` looks for growth:
 * see fuzz/index.ts, crash.ts and soak/index.ts.
 */
import { parseArgs } from "node:util";
import { cleanInstall } from "./clean-install/index.ts";
import { corpus } from "./corpus.ts";
import { crash } from "./crash.ts";
import { BENCHMARKS } from "./figures/table.ts";
import { fuzz } from "./fuzz/index.ts";
import { writeManual } from "./manual-page.ts";
import { listRatios, type Measurement, misses } from "./measurement.ts";
import { readOptions, type Selection } from "./options.ts";
import { listTopFunctions } from "./profile.ts";
import { createReport, formatMeasurement } from "./report.ts";
import { soak } from "./soak/index.ts";

/** Commands beside the benchmarks. Each resolves to whether all is well. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  async corpus([folder, every = "1"]) {
    if (folder === undefined) throw new Error("usage: bun run bench corpus FOLDER [EVERY]");
    return await corpus(folder, Number(every));
  },
  fuzz: (args) => fuzz(readValues(args)),
  crash: (args) => crash(readValues(args)),
  install: (args) => cleanInstall(readValues(args)),
  soak: (args) => soak(readValues(args)),
};

function readValues(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = { cases: text, minutes: text, seed: text, only: text, rounds: text, root: text };
  return parseArgs({ args: [...args], options }).values;
}

/** Runs benchmarks one after another and prints each as it ends. Returns whether no figure misses its target. */
async function measure({ bench, names, json, isForManual }: Selection): Promise<boolean> {
  const measured: Record<string, readonly Measurement[]> = {};
  for (const name of names) {
    const measurements = (await BENCHMARKS[name]?.(bench)) ?? [];
    for (const measurement of measurements) process.stdout.write(formatMeasurement(measurement));
    measured[name] = measurements;
    // A run that is interrupted keeps what it has.
    const report = createReport(measured);
    if (json !== undefined) await Bun.write(json, JSON.stringify(report, undefined, 2));
    if (isForManual) await writeManual(report);
  }
  if (bench.profileFolder !== undefined)
    process.stdout.write(`\n${bench.profileFolder}\n${await listTopFunctions(bench.profileFolder)}`);
  return !Object.values(measured).flat().flatMap(listRatios).some(misses);
}

const [command = "", ...args] = process.argv.slice(2);
try {
  const run = COMMANDS[command];
  const isWell = run ? await run(args) : await measure(await readOptions(process.argv.slice(2)));
  process.exit(isWell ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(2);
}
