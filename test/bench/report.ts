/** Prints measurements as lines, and writes them to a file. */
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import { listRatios, type Measurement, misses, type Ratio } from "./measurement.ts";

export interface Report {
  readonly machine: string;
  /** How many processes wanted a core when each benchmark ended, at most. The benchmarks themselves want three. */
  readonly load: number;
  readonly date: string;
  readonly commit: string;
  readonly benchmarks: Readonly<Record<string, readonly Measurement[]>>;
}

let highestLoad = 0;

export function createReport(benchmarks: Report["benchmarks"]): Report {
  highestLoad = Math.max(highestLoad, loadavg()[0] ?? 0);
  const git = Bun.spawnSync(["git", "rev-parse", "--short=12", "HEAD"], { cwd: import.meta.dir });
  return {
    machine: describeMachine(),
    load: Math.round(highestLoad),
    date: new Date().toISOString().slice(0, 10),
    commit: git.stdout.toString().trim(),
    benchmarks,
  };
}

function describeMachine(): string {
  const [{ model = "" } = {}, { length } = []] = [cpus()[0] ?? {}, cpus()];
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${length} × ${model}, ${memory} GB, ${type()} ${release()} ${arch()}, Bun ${Bun.version}`;
}

/** Returns the line of a measurement, and one for each further ratio. */
export function formatMeasurement(measurement: Measurement): string {
  const [first, ...others] = listRatios(measurement);
  const head = `${measurement.name.padEnd(58)} ${measurement.value.padEnd(30)}`;
  const lines = [
    `${head} ${first ? formatRatio(first) : ""}`,
    ...others.map((ratio) => `${" ".repeat(89)} ${formatRatio(ratio)}`),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

/** Describes a ratio, its spread and its verdict. */
function formatRatio(ratio: Ratio): string {
  const { target } = ratio;
  const verdict = misses(ratio) ? "  MISSED" : "  met";
  return `${formatTimes(ratio)} × ${ratio.to}${target === undefined ? "" : ` (target ${formatTarget(ratio)})${verdict}`}`;
}

export function formatTimes({ of, low, high }: Ratio): string {
  const spread = low === undefined || high === undefined ? "" : ` [${low.toFixed(2)}–${high.toFixed(2)}]`;
  return `${of.toFixed(2)}${spread}`;
}

export function formatTarget({ target, isMinimum = false }: Ratio): string {
  return target === undefined ? "" : `${isMinimum ? "≥" : "≤"} ${target}`;
}
