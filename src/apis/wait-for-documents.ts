/** Loads the documents at start, and waits for APIs that are not up yet. */
import { DocumentError } from "../errors.ts";
import type { ApisPorts } from "./load-apis.ts";

export interface StartWait {
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Reports what is waited for, one line without a line break. */
  readonly onProgress: (text: string) => void;
}

const RETRY_MS = 1000;
const PROGRESS_MS = 10_000;

/**
 * Loads until it succeeds or the time is over. Returns the last error when an API has not responded.
 * @throws DocumentError or StartError of `load` that waiting does not change.
 */
export async function loadWhenReachable<T>(
  load: () => Promise<T>,
  waitMs: number,
  { now, sleep }: Pick<ApisPorts, "now" | "sleep">,
  { signal, onProgress }: StartWait,
): Promise<{ readonly loaded: T } | { readonly unreachable: DocumentError }> {
  const start = now().getTime();
  let reportedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    try {
      return { loaded: await load() };
    } catch (error) {
      if (!(error instanceof DocumentError) || !error.isUnreachable || waitMs === 0) throw error;
      const time = now().getTime();
      const remaining = start + waitMs - time;
      if (remaining <= 0 || signal.aborted) return { unreachable: error };
      if (time - reportedAt >= PROGRESS_MS) {
        reportedAt = time;
        onProgress(`Waiting up to ${Math.ceil(remaining / 1000)} s: ${error.message}`);
      }
      await sleep(Math.min(RETRY_MS, remaining), signal);
    }
  }
}

const BACKGROUND_RETRY_MS = 5000;

/** Retries in the background until the documents are loaded or `stop` aborts. */
export async function retryDocuments(
  apis: { readonly problem: string | undefined; reload(): Promise<unknown> },
  { log, sleep }: Pick<ApisPorts, "log" | "sleep">,
  stop: AbortSignal,
): Promise<void> {
  while (apis.problem !== undefined) {
    await sleep(BACKGROUND_RETRY_MS, stop);
    if (stop.aborted) return;
    try {
      await apis.reload();
    } catch (error) {
      log.warning("documents not loaded; trying again", {
        detail: error instanceof Error ? error.message : String(error),
      });
    }
  }
  log.info("documents loaded");
}
