/** A measurement of a benchmark, with its ratio to a baseline of the same run. */
export interface Measurement {
  readonly name: string;
  readonly value: string;
  /** The ratio `of` to the baseline named by `to`; it misses above `target`. Informational measurements have no ratio. */
  readonly ratio?: { readonly of: number; readonly to: string; readonly target: number };
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
