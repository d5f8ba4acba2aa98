/** Reloads the API documents when they change: looks at files and polls URLs. */
import { DocumentError, type LogCode } from "../errors.ts";
import { isUrl, STANDARD_INPUT } from "../openapi/document/library.ts";
import type { Log } from "../telemetry/log.ts";
import type { ApiRegistry } from "./api-registry.ts";
import { DocumentVersions, type FetchDocument } from "./document-version.ts";
import { FileVersions } from "./file-versions.ts";

export interface WatchOptions {
  readonly apis: ApiRegistry;
  readonly fetch: FetchDocument;
  readonly log: Log;
  /** The interval between two polls of the URLs. */
  readonly pollMs: number;
}

/** The interval between two looks at the files. Notifications of the system miss links, mounts and replaced folders. */
const FILE_POLL_MS = 500;
/** Looking at thousands of files takes at most a quarter of the time. */
const PAUSE_FACTOR = 3;
/** Editors write a file in several steps, and a deployment writes several files. */
const SETTLING_MS = 150;
/** Files that never settle are read anyway. */
const MAX_SETTLING_MS = 2000;

/** Reloads changed documents until `stop`. Returns a function that reloads them at once (SIGHUP). Failures are logged. */
export function watchDocuments({ apis, fetch, log, pollMs }: WatchOptions, stop: AbortSignal): () => void {
  const urls = new DocumentVersions(fetch);
  const files = new FileVersions();
  const reported = new Set<string>();
  let work = Promise.resolve();
  let isQueued = false;
  let isUnreachable = false;
  let changedSince: number | undefined;

  function reload(): void {
    if (isQueued || stop.aborted) return;
    isQueued = true;
    work = work.then(async () => {
      isQueued = false;
      isUnreachable = await reloadApis(apis, log, reported);
    });
  }

  /** Reloads when changed files have settled. Returns the delay until the next look. */
  async function lookAtFiles(): Promise<number> {
    const start = performance.now();
    const hasChanged = await files.haveChanged(listFiles(apis), apis.readAt);
    const now = performance.now();
    if (hasChanged) changedSince ??= now;
    if (changedSince !== undefined && (!hasChanged || now - changedSince > MAX_SETTLING_MS)) {
      changedSince = undefined;
      reload();
    }
    return changedSince === undefined ? Math.max(FILE_POLL_MS, PAUSE_FACTOR * (now - start)) : SETTLING_MS;
  }

  async function pollUrls(): Promise<number> {
    const haveChanged = await haveUrlsChanged(apis, urls);
    if (haveChanged || isUnreachable) reload();
    return pollMs;
  }

  void repeat(lookAtFiles, stop);
  void repeat(pollUrls, stop);
  return () => {
    reported.clear();
    reload();
  };
}

/** Runs a task again and again, after the delay that it returns. */
async function repeat(task: () => Promise<number>, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const delay = await task();
  if (stop.aborted) return;
  const timer = setTimeout(() => {
    stop.removeEventListener("abort", cancel);
    void repeat(task, stop);
  }, delay);
  const cancel = () => clearTimeout(timer);
  stop.addEventListener("abort", cancel, { once: true });
  timer.unref();
}

/**
 * Reloads and logs each failure once, until it is another one or `reported` is cleared. Returns whether a document
 * could not be reached, so that another attempt may succeed although nothing changes.
 */
async function reloadApis(apis: ApiRegistry, log: Log, reported: Set<string>): Promise<boolean> {
  const before = apis.current;
  const failures = await apis.reload().catch((error: unknown) => [error]);
  const details = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  for (const detail of details)
    if (!reported.has(detail))
      log.error("reload failed; keeping previous documents", {
        code: "document_outdated" satisfies LogCode,
        detail,
      });
  reported.clear();
  for (const detail of details) reported.add(detail);
  if (apis.current !== before) logReload(apis, log);
  return failures.some((failure) => failure instanceof DocumentError && failure.isUnreachable);
}

function logReload({ current: { warnings, tools, toolTokens } }: ApiRegistry, log: Log): void {
  for (const detail of warnings) log.warning("tool configuration warning", { detail });
  log.info("documents reloaded", { tools: tools.length, tokens: toolTokens });
}

/** Returns the files of the current version: documents, what they refer to, and overlays. */
function listFiles(apis: ApiRegistry): readonly string[] {
  return apis.current.describedApis.flatMap(({ description }) =>
    description.documents.filter((location) => !isUrl(location) && location !== STANDARD_INPUT),
  );
}

async function haveUrlsChanged(apis: ApiRegistry, versions: DocumentVersions): Promise<boolean> {
  let haveChanged = false;
  for (const { description, documentHeaders } of apis.current.describedApis) {
    // The source is polled as well: it may redirect to another address now.
    for (const url of new Set([description.source, ...description.documents].filter(isUrl))) {
      const headers = documentHeaders[new URL(url).origin] ?? {};
      if (await versions.hasChanged(url, headers)) haveChanged = true;
    }
  }
  return haveChanged;
}
