/** A figure of the bench: what was measured, and its ratio to a baseline measured in the same run. */
export interface Measurement {
  readonly name: string;
  readonly value: string;
  /** What the ratio is to; `target` is the most it may be. Figures without a baseline are for reading. */
  readonly ratio?: { readonly of: number; readonly to: string; readonly target: number };
}

/** Milliseconds of the fastest of `rounds`: on a busy machine the least disturbed one says most about the code. */
export async function measureFastest(rounds: number, work: () => unknown): Promise<number> {
  let minimum = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    minimum = Math.min(minimum, performance.now() - start);
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
