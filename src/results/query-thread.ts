/** Evaluates expressions in workers: a bounded number at the same time, and each for a bounded time. */
import type { QueryOutcome } from "./query.ts";

export interface QueryRequest {
  readonly text: string;
  readonly expression: string;
  /** Milliseconds that the evaluation may take. */
  readonly timeLimit: number;
}

export interface QueryAnswer {
  /** Undefined when the text is no JSON. */
  readonly outcome: QueryOutcome | undefined;
  /** Milliseconds that the evaluation took. */
  readonly spentMs: number;
}

/** The worker's module within the executable, which has all modules in one folder. Set by the build. */
declare const QUERY_WORKER: string | undefined;

/** Workers that run at the same time. Further queries wait. */
const MAX_WORKERS = 2;
/** Milliseconds for the start of a worker and for reading the text, beside the evaluation. */
const START_LIMIT_MS = 10_000;

let running = 0;
const waiting: (() => void)[] = [];

/** Never rejects. */
export async function queryInWorker(request: QueryRequest): Promise<QueryAnswer> {
  if (running >= MAX_WORKERS) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await runWorker(request);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function runWorker(request: QueryRequest): Promise<QueryAnswer> {
  const path = typeof QUERY_WORKER === "string" ? QUERY_WORKER : "./query-worker.ts";
  const worker = new Worker(new URL(path, import.meta.url));
  const answered = Promise.withResolvers<QueryAnswer>();
  const fail = (problem: string) =>
    answered.resolve({ outcome: { outcome: "refused", problem }, spentMs: request.timeLimit });
  const limit = setTimeout(
    () => fail("The expression takes too long. Simplify it."),
    request.timeLimit + START_LIMIT_MS,
  );
  worker.onmessage = ({ data }: MessageEvent<QueryAnswer>) => answered.resolve(data);
  worker.onerror = ({ message }) => fail(`The expression could not be evaluated: ${message}`);
  worker.postMessage(request);
  try {
    return await answered.promise;
  } finally {
    clearTimeout(limit);
    worker.onmessage = null;
    worker.terminate();
  }
}
