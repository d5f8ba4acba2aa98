/** The input and output that reading documents needs, and its limits. */
export interface ReadIo {
  /** Behaves like the global `fetch`; called with `redirect: "manual"`. */
  readonly fetch: (url: string, init: RequestInit) => Promise<globalThis.Response>;
  /** Behaves like `Bun.file`: reading the result may fail with an error that has a `code` such as `ENOENT`. */
  readonly readFile: (path: string) => Blob;
  /** Returns the absolute path with all symbolic links resolved. Fails with an error that has a `code`. */
  readonly realPath: (path: string) => Promise<string>;
  readonly readStdin: () => ReadableStream<Uint8Array>;
  /** Headers by origin (`https://host:port`), for documents that are not public. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Hosts (`host`, `host:port`) or origins that documents may refer to in addition to their own. */
  readonly allowHosts?: readonly string[];
  /** A folder that file documents may refer to in addition to the default (access-policy.ts). */
  readonly specRoot?: string | undefined;
  /** Limit for all documents together, in bytes. Default: {@link DEFAULT_MAX_BYTES}. */
  readonly maxBytes?: number;
  /** Limit for one document over HTTP, including redirects. Default: {@link DEFAULT_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
  /** Limit for reading one description, without downloads. Default: {@link DEFAULT_MAX_READ_MS}. */
  readonly maxReadMs?: number;
}

export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
export const DEFAULT_TIMEOUT_MS = 30_000;
export const DEFAULT_MAX_READ_MS = 30_000;

/** Rejects every access, for documents that refer only to themselves. */
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
