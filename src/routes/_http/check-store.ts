/** Checks the store for a health response. */
import type { App } from "../../context.ts";

const STORE_TIMEOUT_MS = 1000;

/** Returns the error of the store, or undefined. Gives up before a load balancer would. */
export async function checkStore({
  store,
  sleep,
}: Pick<App, "store" | "sleep">): Promise<string | undefined> {
  const finished = new AbortController();
  try {
    return await Promise.race([
      store.check().then(() => undefined),
      sleep(STORE_TIMEOUT_MS, finished.signal).then(() => "The store does not answer."),
    ]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    finished.abort();
  }
}
