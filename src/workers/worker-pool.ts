/** Does tasks in workers: a bounded number at the same time, each for a bounded time, and callers in turn. */

/** A task over long data. */
export interface WorkerTask {
  readonly name: string;
  /** A text is shared with the worker. Chunks of bytes are handed over: the caller loses them. */
  readonly data: string | readonly Uint8Array<ArrayBuffer>[];
  /** The rest of what the task needs. It is cloned. */
  readonly input: unknown;
}

/** What a worker returns: long texts by themselves, since those are shared and not cloned, and the rest. */
export interface WorkerResult {
  readonly texts: readonly string[];
  readonly output: unknown;
}

export type WorkerOutcome =
  | ({ readonly outcome: "done" } & WorkerResult)
  | { readonly outcome: "failed"; readonly problem: string };

export interface WorkerOptions {
  /** Whose tasks wait for each other. */
  readonly caller: string;
  /** Milliseconds for the work, beyond those for the start of the worker and for reading the data. */
  readonly timeLimit?: number;
  /** Ends the task. */
  readonly signal?: AbortSignal;
}

/** Characters or bytes that are handled on the thread that serves people. Longer ones are handled in a worker. */
export const MAX_INLINE_LENGTH = 500_000;
/** Workers that run at the same time. Further tasks wait. */
const MAX_WORKERS = 2;
/** Milliseconds for the start of a worker and for reading the data. */
const START_LIMIT_MS = 10_000;

let running = 0;
/** Caller → its waiting tasks, oldest first. Callers are ordered by their next turn. */
const waiting = new Map<string, (() => void)[]>();

/**
 * Does one task in a worker that does no other meanwhile. Tasks of one caller wait for those of others that came later, so that no caller
 * fills the queue. Never rejects.
 * @param module the worker, which calls `serveTask`.
 */
export async function runInWorker(
  module: URL,
  task: WorkerTask,
  { caller, timeLimit = 0, signal }: WorkerOptions,
): Promise<WorkerOutcome> {
  const stopped = Promise.withResolvers<WorkerOutcome>();
  const stop = () => stopped.resolve({ outcome: "failed", problem: "it was stopped" });
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    return await Promise.race([stopped.promise, runInTurn()]);
  } finally {
    signal?.removeEventListener("abort", stop);
  }

  async function runInTurn(): Promise<WorkerOutcome> {
    if (running >= MAX_WORKERS)
      await new Promise<void>((resolve) => waiting.getOrInsertComputed(caller, () => []).push(resolve));
    else running += 1;
    try {
      return await runWorker(module, task, timeLimit + START_LIMIT_MS, stopped.promise);
    } finally {
      if (!admitNext()) running -= 1;
    }
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

async function runWorker(
  module: URL,
  { data, ...task }: WorkerTask,
  limitMs: number,
  stopped: Promise<WorkerOutcome>,
): Promise<WorkerOutcome> {
  const worker = takeWorker(module.href);
  const ended = Promise.withResolvers<WorkerOutcome>();
  const fail = (problem: string) => ended.resolve({ outcome: "failed", problem });
  const limit = setTimeout(() => fail("it takes too long"), limitMs);
  const texts: string[] = [];
  let outcome: WorkerOutcome | undefined;
  worker.onmessage = ({ data: sent }: MessageEvent) => {
    if (typeof sent === "string") texts.push(sent);
    else ended.resolve({ outcome: "done", texts, output: (sent as { output: unknown }).output });
  };
  worker.onerror = ({ message }) => fail(message);
  try {
    // A text by itself is shared with the worker. Within an object it is copied, which takes long.
    worker.postMessage(data, typeof data === "string" ? [] : data.map(({ buffer }) => buffer));
    worker.postMessage(task);
    outcome = await Promise.race([stopped, ended.promise]);
    return outcome;
  } catch (error) {
    return { outcome: "failed", problem: String(error) };
  } finally {
    clearTimeout(limit);
    worker.onmessage = null;
    if (outcome?.outcome === "done") keepWorker(module.href, worker);
    else worker.terminate();
  }
}

/** Milliseconds for which a worker without a task waits for the next one. Its start takes long, and its end slows others down. */
const IDLE_MS = 2000;

/** Workers of Bun can let the process end, which the DOM type lacks. */
type PooledWorker = Worker & { ref(): void; unref(): void };

interface IdleWorker {
  readonly worker: PooledWorker;
  readonly end: NodeJS.Timeout;
}

/** Module → its workers without a task. */
const idle = new Map<string, IdleWorker[]>();

function takeWorker(module: string): PooledWorker {
  const kept = idle.get(module)?.pop();
  if (!kept) return new Worker(module) as PooledWorker;
  clearTimeout(kept.end);
  kept.worker.ref();
  return kept.worker;
}

/** Keeps a worker for the next task, without keeping the process from ending. */
function keepWorker(module: string, worker: PooledWorker): void {
  const workers = idle.getOrInsertComputed(module, () => []);
  const end = setTimeout(() => {
    workers.splice(workers.indexOf(kept), 1);
    worker.terminate();
  }, IDLE_MS);
  const kept = { worker, end };
  end.unref();
  worker.unref();
  workers.push(kept);
}
