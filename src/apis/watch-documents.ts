/** Reloads the API documents when they change: watches files and polls URLs. */
import { watch as watchFolder } from "node:fs";
import { basename, dirname } from "node:path";
import type { Log } from "../telemetry/log.ts";
import type { ApiRegistry } from "./api-registry.ts";
import { DocumentVersions, type FetchDocument } from "./document-version.ts";

export interface WatchOptions {
  readonly apis: ApiRegistry;
  readonly fetch: FetchDocument;
  readonly log: Log;
  /** The interval between two polls of the URLs. */
  readonly pollMs: number;
}

/** Editors write a file in several steps, and a deployment writes several files. */
const DEBOUNCE_MS = 200;

/** Reloads changed documents until `stop`. Returns a function that schedules a reload (SIGHUP). Failures are logged. */
export function watchDocuments({ apis, fetch, log, pollMs }: WatchOptions, stop: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let work = Promise.resolve();
  let watching = new AbortController();
  const versions = new DocumentVersions(fetch);

  function scheduleReload(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(reload);
    }, DEBOUNCE_MS);
  }

  async function reload(): Promise<void> {
    await reloadApis(apis, log);
    watchCurrentFiles();
  }

  /** Watches the files of the current version: it may refer to other files than the previous one. */
  function watchCurrentFiles(): void {
    watching.abort();
    watching = new AbortController();
    watchFiles(apis, log, watching.signal, scheduleReload);
  }

  watchCurrentFiles();
  void pollUrls(apis, versions, scheduleReload);
  const polling = setInterval(() => void pollUrls(apis, versions, scheduleReload), pollMs);
  polling.unref();
  stop.addEventListener("abort", () => {
    watching.abort();
    clearTimeout(timer);
    clearInterval(polling);
  });
  return scheduleReload;
}

async function reloadApis(apis: ApiRegistry, log: Log): Promise<void> {
  try {
    await apis.reload();
    const { warnings, tools, toolTokens } = apis.current;
    for (const detail of warnings) log.warning("tool configuration warning", { detail });
    log.info("documents reloaded", { tools: tools.length, tokens: toolTokens });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    log.error("reload failed; keeping previous documents", { detail });
  }
}

/** Watches folders, not files: many editors replace a file with another one of the same name. */
function watchFiles(apis: ApiRegistry, log: Log, signal: AbortSignal, onChange: () => void): void {
  const files = documentLocations(apis).filter((location) => !isUrl(location));
  for (const [folder, group] of Map.groupBy(files, dirname)) {
    const names = new Set(group.map((file) => basename(file)));
    const watcher = watchFolder(folder, { signal, persistent: false }, (_event, name) => {
      if (name === null || names.has(name)) onChange();
    });
    watcher.on("error", (error) => {
      if (!signal.aborted) log.warning("cannot watch for changes", { folder, detail: error.message });
    });
  }
}

async function pollUrls(apis: ApiRegistry, versions: DocumentVersions, onChange: () => void): Promise<void> {
  for (const { description, documentHeaders } of apis.current.describedApis) {
    // The source is polled as well: it may redirect to another address now.
    for (const url of new Set([description.source, ...description.documents].filter(isUrl))) {
      const headers = documentHeaders[new URL(url).origin] ?? {};
      if (await versions.hasChanged(url, headers)) onChange();
    }
  }
}

function documentLocations(apis: ApiRegistry): readonly string[] {
  return apis.current.describedApis.flatMap(({ description }) => description.documents);
}

function isUrl(location: string): boolean {
  return /^https?:/i.test(location);
}
