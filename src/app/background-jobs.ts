/** Starts the background jobs: retention, and the reloading of documents and roles. */

import { retryDocuments } from "../apis/wait-for-documents.ts";
import { watchDocuments } from "../apis/watch-documents.ts";
import type { App, Ports } from "../context.ts";
import { runRetention } from "../sessions/retention.ts";
import { watchRoles } from "./roles.ts";

/** Runs the jobs until `stop`. Returns a function that reloads the documents and roles, or undefined when there are none. */
export function startBackgroundJobs(
  app: App,
  ports: Pick<Ports, "fetch" | "io" | "log" | "sleep">,
  stop: AbortSignal,
): (() => void) | undefined {
  void runRetention(app, stop);
  const reloads = [watchRoles(app, ports, stop), startDocumentJobs(app, ports, stop)];
  const jobs = reloads.filter((reload) => reload !== undefined);
  if (jobs.length === 0) return undefined;
  return () => {
    for (const reload of jobs) reload();
  };
}

function startDocumentJobs(
  app: App,
  ports: Pick<Ports, "fetch" | "log">,
  stop: AbortSignal,
): (() => void) | undefined {
  const { apis, config } = app;
  if (config.spec.length === 0 || (apis.isDemoApi && config.overlay.length === 0)) return undefined;
  const reload = watchDocuments({ apis, ...ports, pollMs: config.specPoll * 1000 }, stop);
  if (apis.problem !== undefined) void retryDocuments(apis, app, stop);
  return reload;
}
