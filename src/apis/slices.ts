/** Runs long work in slices, so that people are served between them. */

/** The time between two turns of the event loop. */
const SLICE_MS = 4;

/** Runs the steps of a generator and returns its result. */
export function runAtOnce<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs the steps like {@link runAtOnce}, but lets other work run every few milliseconds. */
export async function runInSlices<Result>(steps: Generator<void, Result>): Promise<Result> {
  let start = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - start < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    start = performance.now();
  }
}
