/** Checks the store for a health response. */
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";

const STORE_TIMEOUT_MS = 1000;
/** Milliseconds for which a result holds: a check writes. */
const CACHE_MS = 3000;

type CheckedApp = Pick<App, "now" | "sleep" | "store">;

const results = new WeakMap<
  App["store"],
  { readonly at: number; readonly problem: Promise<string | undefined> }
>();

/** Returns the problem of the store in words, without its address, or undefined. Gives up before a load balancer would. */
export function checkStore(app: CheckedApp): Promise<string | undefined> {
  const at = app.now().getTime();
  const known = results.get(app.store);
  if (known && at - known.at < CACHE_MS) return known.problem;
  const problem = findProblem(app);
  results.set(app.store, { at, problem });
  return problem;
}

async function findProblem({ store, sleep }: CheckedApp): Promise<string | undefined> {
  const finished = new AbortController();
  try {
    return await Promise.race([
      store.check().then(() => undefined),
      sleep(STORE_TIMEOUT_MS, finished.signal).then(() => "The store does not answer."),
    ]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const cause = error instanceof AppError ? findCause(error.detail ?? "") : undefined;
    return cause === undefined ? message : `${message} ${cause}`;
  } finally {
    finished.abort();
  }
}

/** Returns the cause of a failure in words. The detail itself has addresses and paths. */
function findCause(detail: string): string | undefined {
  return CAUSES.find(([pattern]) => pattern.test(detail))?.[1];
}

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/database or disk is full|ENOSPC|\bOOM\b|disk I\/O error/i, "The store has no space, or its disk fails."],
  [/read-?only|EROFS|MISCONF/i, "The store is read-only."],
  [/EACCES|EPERM|permission|NOPERM|NOAUTH|WRONGPASS/i, "Access to the store is denied."],
  [
    /WRONGTYPE|not an integer/,
    "Another program has replaced data of the store. Give specchat a database of its own.",
  ],
  [
    /ENOENT|ENOTDIR|unable to open/i,
    "The data folder is gone or cannot be opened. Put it back, or restart to begin with an empty one.",
  ],
];
