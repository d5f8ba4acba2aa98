/** Does tasks in workers: a bounded number at the same time, each for a bounded time, and callers in turn. */
import type { TaskName, TaskResult, Tasks } from "./worker-tasks.ts";

export interface Task<Name extends TaskName = TaskName> {
  readonly name: Name;
  readonly text: string;
  readonly input: Tasks[Name]["input"];
}

export type TaskOutcome<Name extends TaskName> =
  | ({ readonly outcome: "done" } & TaskResult<Name>)
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
  task: Task<Name>,
  { caller, timeLimit = 0 }: { readonly caller: string; readonly timeLimit?: number },
): Promise<TaskOutcome<Name>> {
  if (running >= MAX_WORKERS)
    await new Promise<void>((resolve) => waiting.getOrInsertComputed(caller, () => []).push(resolve));
  else running += 1;
  try {
    return await runWorker(task, timeLimit + START_LIMIT_MS);
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
  { text, ...task }: Task<Name>,
  limitMs: number,
): Promise<TaskOutcome<Name>> {
  const path = typeof RESULTS_WORKER === "string" ? RESULTS_WORKER : "./worker.ts";
  const worker = new Worker(new URL(path, import.meta.url));
  const ended = Promise.withResolvers<TaskOutcome<Name>>();
  const fail = (problem: string) => ended.resolve({ outcome: "failed", problem });
  const limit = setTimeout(() => fail("it takes too long"), limitMs);
  let foundText: string | undefined;
  worker.onmessage = ({ data }: MessageEvent) => {
    if (foundText === undefined) foundText = data as string;
    else ended.resolve({ outcome: "done", text: foundText, output: data as Tasks[Name]["output"] });
  };
  worker.onerror = ({ message }) => fail(message);
  try {
    // A text by itself is shared with the worker. Within an object it is copied, which takes long.
    worker.postMessage(text);
    worker.postMessage(task);
    return await ended.promise;
  } catch (error) {
    return { outcome: "failed", problem: String(error) };
  } finally {
    clearTimeout(limit);
    worker.onmessage = null;
    worker.terminate();
  }
}
