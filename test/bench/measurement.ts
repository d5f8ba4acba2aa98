/** The ratio `of` a measurement to what `to` names. */
export interface Ratio {
  readonly of: number;
  readonly to: string;
  /** The ratio misses above the target, or below it when it is a minimum. Informational ratios have none. */
  readonly target?: number;
  readonly isMinimum?: boolean;
  /** The lowest and the highest of the rounds. */
  readonly low?: number;
  readonly high?: number;
}

/** How a cost grows with something. */
export interface Curve {
  /** What grows, such as "stored sessions". */
  readonly of: string;
  /** The milliseconds of CPU time and the resident megabytes at each size. */
  readonly points: readonly { readonly size: number; readonly cpuMs: number; readonly residentMb: number }[];
}

/** A measurement of a benchmark, with its ratios to baselines of the same run. */
export interface Measurement {
  readonly name: string;
  readonly value: string;
  readonly ratio?: Ratio;
  /** Where there are several baselines. */
  readonly ratios?: readonly Ratio[];
  readonly curve?: Curve;
  /** Server → the value of each round. */
  readonly samples?: Readonly<Record<string, readonly number[]>>;
}

/** Returns the ratios of a measurement. */
export function listRatios({ ratio, ratios = [] }: Measurement): readonly Ratio[] {
  return ratio ? [ratio, ...ratios] : ratios;
}

/** Returns whether a ratio misses its target. */
export function misses({ of, target, isMinimum = false }: Ratio): boolean {
  return target !== undefined && !(isMinimum ? of >= target : of <= target);
}

/** Returns the milliseconds of the fastest round, which is the least disturbed one on a busy machine. */
export async function measureFastest(rounds: number, task: () => unknown): Promise<number> {
  let minimum = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await task();
    minimum = Math.min(minimum, performance.now() - start);
  }
  return minimum;
}

/** Returns the milliseconds of CPU time of the cheapest round, which other processes do not affect. */
export async function measureCpu(rounds: number, task: () => unknown): Promise<number> {
  let minimum = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    await task();
    const { user, system } = process.cpuUsage(start);
    minimum = Math.min(minimum, (user + system) / 1000);
  }
  return minimum;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function formatMs(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}
