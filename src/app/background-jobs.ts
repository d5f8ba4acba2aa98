/** Starts the background jobs: retention and the reloading of documents. */

import { retryDocuments } from "../apis/wait-for-documents.ts";
import { watchDocuments } from "../apis/watch-documents.ts";
import type { App, Ports } from "../context.ts";
import { runRetention } from "../sessions/retention.ts";

/** Runs the jobs until `stop`. Returns a function that reloads the documents, or undefined when there are none. */
export function startBackgroundJobs(
  app: App,
  ports: Pick<Ports, "fetch" | "log">,
  stop: AbortSignal,
): (() => void) | undefined {
  void runRetention(app, stop);
  const { apis, config } = app;
  if (config.spec.length === 0 || (apis.isDemoApi && config.overlay.length === 0)) return undefined;
  const reload = watchDocuments({ apis, ...ports, pollMs: config.specPoll * 1000 }, stop);
  if (apis.problem !== undefined) void retryDocuments(apis, app, stop);
  return reload;
}
