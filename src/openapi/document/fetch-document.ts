/** Fetches documents over HTTP and follows redirects within the allowed origins. */
import { DocumentError } from "../../errors.ts";
import { type ByteBudget, readBytes } from "./byte-budget.ts";
import { DEFAULT_TIMEOUT_MS, type ReadIo } from "./read-io.ts";

const MAX_REDIRECTS = 5;
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

export interface FetchedDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The URL after redirects. */
  readonly url: string;
}

/**
 * Fetches a document. Each redirect must pass `isAllowed`, and each request has only the headers of its own origin.
 * @throws DocumentError with the URL, the reason and what to do.
 */
export async function fetchDocument(
  address: string,
  io: ReadIo,
  budget: ByteBudget,
  isAllowed: (url: URL) => boolean,
): Promise<FetchedDocument> {
  const timeoutMs = io.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const signal = AbortSignal.timeout(timeoutMs);
  let url = new URL(address);
  try {
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const response = await io.fetch(url.href, {
        redirect: "manual",
        signal,
        headers: { accept: ACCEPT, ...io.headers?.[url.origin] },
      });
      const next = REDIRECT_STATUSES.has(response.status) ? response.headers.get("location") : null;
      if (next === null) return { bytes: await readBody(response, url, budget), url: url.href };
      await response.body?.cancel();
      url = resolveRedirect(url, next, isAllowed);
    }
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    if (signal.aborted)
      throw new DocumentError(address, `did not load within ${timeoutMs / 1000} seconds`, true);
    const reason = error instanceof Error ? error.message : String(error);
    throw new DocumentError(address, `cannot be reached: ${reason}`, true);
  }
  throw new DocumentError(address, `redirects more than ${MAX_REDIRECTS} times`);
}

const ACCEPT = "application/json, application/yaml, application/vnd.oai.openapi, text/yaml, */*;q=0.5";

async function readBody(
  response: globalThis.Response,
  url: URL,
  budget: ByteBudget,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.ok) {
    await response.body?.cancel();
    const advice = STATUS_ADVICE[response.status];
    const isUnreachable = response.status >= 500 || response.status === 429;
    throw new DocumentError(
      url.href,
      `returned ${response.status}${advice ? `: ${advice}` : ""}`,
      isUnreachable,
    );
  }
  return response.body === null ? new Uint8Array() : readBytes(response.body, url.href, budget);
}

const STATUS_ADVICE: Readonly<Record<number, string>> = {
  401: "credentials are required; pass them with --spec-header",
  403: "access is denied; pass other credentials with --spec-header",
  404: "there is no document at this URL; check it",
  410: "the document was removed from this URL",
};

function resolveRedirect(from: URL, location: string, isAllowed: (url: URL) => boolean): URL {
  const next = URL.parse(location, from.href);
  if (next === null) throw new DocumentError(from.href, `redirects to ${location}, which is not a URL`);
  const isHttpsUpgrade = next.protocol === "https:" && next.hostname === from.hostname && next.port === "";
  if ((next.protocol === "http:" || next.protocol === "https:") && (isHttpsUpgrade || isAllowed(next)))
    return next;
  throw new DocumentError(
    from.href,
    `redirects to another origin, ${next.origin}; use that URL or allow it with --allow-hosts ${next.host}`,
  );
}
