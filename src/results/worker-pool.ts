/** Does tasks in workers: a bounded number at the same time, each for a bounded time, and callers in turn. */
import type { TaskName, Tasks } from "./worker-tasks.ts";

/** What a worker receives. */
export interface TaskRequest<Name extends TaskName = TaskName> {
  readonly name: Name;
  readonly input: Tasks[Name]["input"];
}

export type TaskOutcome<Output> =
  | { readonly outcome: "done"; readonly output: Output }
  | { readonly outcome: "failed"; readonly problem: string };

/** The worker's module within the executable, which has all modules in one folder. Set by the build. */
declare const RESULTS_WORKER: string | undefined;

/** Workers that run at the same time. Further tasks wait. */
const MAX_WORKERS = 2;
/** Milliseconds for the start of a worker and for reading the text. */
const START_LIMIT_MS = 10_000;

let running = 0;
/** Caller → its waiting tasks, oldest first. Callers are ordered by their next turn. */
const waiting = new Map<string, (() => void)[]>();

/**
 * Does one task. Tasks of one caller wait for those of others that came later, so that no caller fills the queue. Never rejects.
 * @param timeLimit milliseconds for the work after the text was read.
 */
export async function runInWorker<Name extends TaskName>(
  request: TaskRequest<Name>,
  { caller, timeLimit = 0 }: { readonly caller: string; readonly timeLimit?: number },
): Promise<TaskOutcome<Tasks[Name]["output"]>> {
  if (running >= MAX_WORKERS)
    await new Promise<void>((resolve) => waiting.getOrInsertComputed(caller, () => []).push(resolve));
  else running += 1;
  try {
    return await runWorker(request, timeLimit + START_LIMIT_MS);
  } finally {
    if (!admitNext()) running -= 1;
  }
}

/** Passes the place of a finished task on. The next task of the same caller comes after those of all others. */
function admitNext(): boolean {
  const [next] = waiting;
  if (!next) return false;
  const [caller, [admit, ...rest]] = next;
  waiting.delete(caller);
  if (rest.length > 0) waiting.set(caller, rest);
  admit?.();
  return true;
}

async function runWorker<Name extends TaskName>(
  request: TaskRequest<Name>,
  limitMs: number,
): Promise<TaskOutcome<Tasks[Name]["output"]>> {
  const path = typeof RESULTS_WORKER === "string" ? RESULTS_WORKER : "./worker.ts";
  const worker = new Worker(new URL(path, import.meta.url));
  const ended = Promise.withResolvers<TaskOutcome<Tasks[Name]["output"]>>();
  const fail = (problem: string) => ended.resolve({ outcome: "failed", problem });
  const limit = setTimeout(() => fail("it takes too long"), limitMs);
  worker.onmessage = ({ data }: MessageEvent<Tasks[Name]["output"]>) =>
    ended.resolve({ outcome: "done", output: data });
  worker.onerror = ({ message }) => fail(message);
  try {
    worker.postMessage(request);
    return await ended.promise;
  } catch (error) {
    return { outcome: "failed", problem: String(error) };
  } finally {
    clearTimeout(limit);
    worker.onmessage = null;
    worker.terminate();
  }
}
