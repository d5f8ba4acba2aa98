/** Runs the cases of surfaces in batches, and collects the smallest case of each failure. */
import fc from "fast-check";
import type { Surface } from "./surface.ts";

export interface FuzzOptions {
  /** The seed of the first batch. Batches count up from it. */
  readonly seed: number;
  /** The cases of all surfaces together. */
  readonly cases: number;
  /** Ends the run earlier. */
  readonly minutes?: number | undefined;
}

export interface FuzzFailure {
  readonly surface: string;
  /** The seed of the batch: with it as the first seed, the same surface fails at once. */
  readonly seed: number;
  readonly error: string;
  /** The smallest case. */
  readonly smallest: string;
}

/** Receives what happens during a run. */
export interface FuzzObserver {
  readonly onFailure?: (failure: FuzzFailure) => void;
  /** @param seed of the next batch: a run that begins with it continues this one. */
  readonly onProgress?: (seed: number, cases: number) => void;
}

export interface FuzzReport {
  /** Cases by surface. */
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly FuzzFailure[];
}

const BATCH = 2000;
/** A batch ends after this time, also while a failing case is made smaller. */
const BATCH_MS = 120_000;
/** Progress is reported after so many batches. */
const PROGRESS_BATCHES = 25;
/** A surface with so many different failures is not attacked further. */
const MAX_FAILURES = 8;

export async function runFuzz(
  surfaces: readonly Surface[],
  { seed, cases, minutes = Number.POSITIVE_INFINITY }: FuzzOptions,
  { onFailure, onProgress }: FuzzObserver = {},
): Promise<FuzzReport> {
  const until = performance.now() + minutes * 60_000;
  const counts: Record<string, number> = Object.fromEntries(surfaces.map(({ name }) => [name, 0]));
  const failures = new Map<string, FuzzFailure>();
  const shares = surfaces.reduce((sum, { share }) => sum + share, 0);
  const rejections: unknown[] = [];
  const record = (reason: unknown) => rejections.push(reason);
  process.on("unhandledRejection", record);
  const remaining = (surface: Surface) => {
    const failed = [...failures.values()].filter((failure) => failure.surface === surface.name).length;
    const quota = Math.round((cases * surface.share) / shares);
    return failed >= MAX_FAILURES ? 0 : quota - (counts[surface.name] ?? 0);
  };
  for (let batch = seed; surfaces.some((one) => remaining(one) > 0) && performance.now() < until; batch++) {
    for (const surface of surfaces) {
      const numRuns = Math.min(remaining(surface), Math.max(1, Math.round((BATCH * surface.share) / shares)));
      if (numRuns <= 0) continue;
      const { ran, failure } = await runBatch(surface, batch, numRuns, rejections);
      counts[surface.name] = (counts[surface.name] ?? 0) + ran;
      if (failure === undefined) continue;
      const key = `${surface.name} ${failure.error.split("\n").slice(0, 2).join()}`;
      if (failures.has(key)) continue;
      failures.set(key, failure);
      onFailure?.(failure);
    }
    const batches = batch + 1 - seed;
    if (batches % PROGRESS_BATCHES === 0)
      onProgress?.(
        batch + 1,
        Object.values(counts).reduce((sum, count) => sum + count),
      );
  }
  process.off("unhandledRejection", record);
  return { counts, failures: [...failures.values()] };
}

async function runBatch(
  surface: Surface,
  seed: number,
  numRuns: number,
  rejections: unknown[],
): Promise<{ readonly ran: number; readonly failure?: FuzzFailure }> {
  const property = fc.asyncProperty(surface.cases, async (one) => {
    await surface.check(one);
    const [rejection] = rejections.splice(0);
    if (rejection !== undefined) throw new Error(`unhandled rejection: ${describeError(rejection)}`);
  });
  const result = await fc.check(property, { seed, numRuns, interruptAfterTimeLimit: BATCH_MS });
  if (!result.failed || result.counterexample === null) return { ran: result.numRuns };
  const [smallest] = result.counterexample;
  const failure = {
    surface: surface.name,
    seed,
    error: describeError(result.errorInstance),
    smallest: surface.describe(smallest),
  };
  return { ran: result.numRuns, failure };
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
