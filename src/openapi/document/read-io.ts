/** What reading a document needs of the outside world, and what it may do there. */
export interface ReadIo {
  /** As the global `fetch`; called with `redirect: "manual"`. */
  readonly fetch: (url: string, init: RequestInit) => Promise<globalThis.Response>;
  /** As `Bun.file`: reading what it returns may fail with an error that has a `code` such as `ENOENT`. */
  readonly readFile: (path: string) => Blob;
  /** The absolute path with every symbolic link followed. Fails with an error that has a `code`. */
  readonly realPath: (path: string) => Promise<string>;
  readonly readStdin: () => ReadableStream<Uint8Array>;
  /** Origin (`https://host:port`) → headers sent there, for documents that are not public. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Hosts (`host`, `host:port`) or origins that documents may reach besides their own. */
  readonly allowHosts?: readonly string[];
  /** A folder: file documents may reach everything in it, besides what they may reach anyway (reach.ts). */
  readonly specRoot?: string | undefined;
  /** Bytes, of all documents together. */
  readonly maxBytes?: number;
  /** For one document over HTTP, redirects included. */
  readonly timeoutMs?: number;
}

export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Reaches nothing: for a document that refers only to itself. */
export const NO_IO: ReadIo = {
  fetch: () => Promise.reject(new Error("there is no network")),
  readFile: () => {
    throw new Error("there are no files");
  },
  realPath: () => Promise.reject(new Error("there are no files")),
  readStdin: () => {
    throw new Error("there is no standard input");
  },
};
