/** Notices that a document has changed: files are watched, URLs asked with the ETag they last had, if they have any. */
import { watch as watchFolder } from "node:fs";
import { basename, dirname } from "node:path";
import { DEFAULT_MAX_BYTES } from "../openapi/document/read-io.ts";
import type { Log } from "../telemetry/log.ts";
import type { ApiRegistry } from "./api-registry.ts";

export interface WatchOptions {
  readonly apis: ApiRegistry;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly log: Log;
  /** Between two questions for a URL. */
  readonly pollMs: number;
}

/** Editors write a file in several steps, and a deployment several files. */
const DEBOUNCE_MS = 200;

/** Reloads when a document changes, until `stop`; the result is also a way to ask for it (SIGHUP). What fails is logged. */
export function watchDocuments({ apis, fetch, log, pollMs }: WatchOptions, stop: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let work = Promise.resolve();
  const scheduleReload = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(reload);
    }, DEBOUNCE_MS);
  };

  async function reload(): Promise<void> {
    try {
      await apis.reload();
      const { warnings, tools, toolTokens } = apis.current;
      for (const detail of warnings)
        log.warning("a rule or a file that makes tools does not work", { detail });
      log.info("documents reloaded", { tools: tools.length, tokens: toolTokens });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      log.error("documents not reloaded, the old ones stay in use", { detail });
    }
    watchFiles();
  }

  // A new version may refer to other files than the one before.
  let watchers = new AbortController();
  function watchFiles(): void {
    watchers.abort();
    watchers = new AbortController();
    const { signal } = watchers;
    const files = documentLocations(apis).filter((location) => !isUrl(location));
    for (const [folder, group] of Map.groupBy(files, dirname)) {
      const names = new Set(group.map((file) => basename(file)));
      // The folder, not the file: many editors replace a file by another of the same name.
      const watcher = watchFolder(folder, { signal, persistent: false }, (_event, name) => {
        if (name === null || names.has(name)) scheduleReload();
      });
      watcher.on("error", (error) => {
        if (!signal.aborted) log.warning("cannot watch for changes", { folder, detail: error.message });
      });
    }
  }

  const tags = new Map<string, string>();
  async function poll(): Promise<void> {
    for (const { description, documentHeaders } of apis.current.describedApis) {
      // The source too: what it redirects to may be another address by now.
      for (const url of new Set([description.source, ...description.documents].filter(isUrl))) {
        const headers = documentHeaders[new URL(url).origin] ?? {};
        if (await hasChanged(url, headers, tags, fetch)) scheduleReload();
      }
    }
  }

  watchFiles();
  void poll();
  const polling = setInterval(() => void poll(), pollMs);
  polling.unref();
  stop.addEventListener("abort", () => {
    watchers.abort();
    clearTimeout(timer);
    clearInterval(polling);
  });
  return scheduleReload;
}

/** Anything but another version is no change: a server that is down for a minute takes no tools away. */
async function hasChanged(
  url: string,
  headers: Readonly<Record<string, string>>,
  tags: Map<string, string>,
  fetch: WatchOptions["fetch"],
): Promise<boolean> {
  const known = tags.get(url);
  try {
    const response = await fetch(url, {
      headers: { ...headers, ...(known?.startsWith(ETAG) && { "If-None-Match": known.slice(ETAG.length) }) },
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
    });
    const tag = await readVersion(response);
    if (tag === undefined) return false;
    tags.set(url, tag);
    return known !== undefined && known !== tag;
  } catch {
    return false;
  }
}

const ETAG = "etag ";

/** What differs from version to version; undefined when the answer is none. */
async function readVersion(response: Response): Promise<string | undefined> {
  const [etag, date, location] = ["etag", "last-modified", "location"].map((name) =>
    response.headers.get(name),
  );
  if (response.ok && !etag && !date) return hashOf(response.body);
  await response.body?.cancel();
  if (response.ok) return etag ? `${ETAG}${etag}` : `date ${date}`;
  return response.status >= 300 && response.status < 400 && location ? `location ${location}` : undefined;
}

async function hashOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  let size = 0;
  for await (const chunk of body ?? []) {
    hash.update(chunk);
    size += chunk.length;
    // Longer than a document may be: its beginning will do.
    if (size > DEFAULT_MAX_BYTES) break;
  }
  return `text ${hash.digest("hex")}`;
}

function documentLocations(apis: ApiRegistry): readonly string[] {
  return apis.current.describedApis.flatMap(({ description }) => description.documents);
}

function isUrl(location: string): boolean {
  return /^https?:/i.test(location);
}
