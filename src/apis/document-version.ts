/** Detects new versions of documents at URLs by ETag, date, redirect target or content hash. */
import { DEFAULT_MAX_BYTES } from "../openapi/document/read-io.ts";

const REQUEST_TIMEOUT_MS = 10_000;
const ETAG = "etag ";

export type FetchDocument = (url: string, init: RequestInit) => Promise<Response>;

export class DocumentVersions {
  readonly #fetch: FetchDocument;
  /** The last known version of each URL. */
  readonly #versions = new Map<string, string>();

  constructor(fetch: FetchDocument) {
    this.#fetch = fetch;
  }

  /**
   * Requests a document. Returns whether its version differs from the last one; false for the first request.
   * Errors are not changes: an outage of the server removes no tools.
   */
  async hasChanged(url: string, headers: Readonly<Record<string, string>>): Promise<boolean> {
    const known = this.#versions.get(url);
    try {
      const response = await this.#fetch(url, {
        headers: {
          ...headers,
          ...(known?.startsWith(ETAG) && { "If-None-Match": known.slice(ETAG.length) }),
        },
        redirect: "manual",
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const version = await readVersion(response);
      if (version === undefined) return false;
      this.#versions.set(url, version);
      return known !== undefined && known !== version;
    } catch {
      return false;
    }
  }
}

/** Returns undefined for a response that has no version, for example 304 or an error. */
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
    // The body exceeds the limit of a document, so its beginning is enough.
    if (size > DEFAULT_MAX_BYTES) break;
  }
  return `text ${hash.digest("hex")}`;
}
