import { writeMultipart } from "../request/multipart.ts";
import type { Exchange, Part, Secrets, Tls, ToolRequest } from "../types.ts";
import { networkProblem } from "./network-error.ts";
import { nextRequest } from "./redirect.ts";

export interface ExecutorOptions {
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after the time, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** For one call with its redirects and retries. */
  readonly timeoutMs: number;
  /** Bytes of an answer that are read, decompressed. */
  readonly maxResponseSize: number;
  /** Hosts (with port where it is not the default) that a redirect may lead to, without credentials. */
  readonly allowedHosts: readonly string[];
}

/** What is sent, and within which bounds. `baseUrl`: the only address it may go to. */
export interface Outgoing {
  readonly request: ToolRequest;
  readonly baseUrl: string;
  readonly secrets: Secrets;
  /** For that address alone. */
  readonly tls?: Tls | undefined;
}

/** Always resolves: what goes wrong on the way is a `failed` exchange. */
export type Execute = (outgoing: Outgoing, signal: AbortSignal) => Promise<Exchange>;

const MOST_REDIRECTS = 5;
const MOST_RETRIES = 2;
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"]);

/** The only code that sends tool requests. */
export function createExecutor(options: ExecutorOptions): Execute {
  return async (outgoing, stop) => {
    if (!staysWithin(outgoing.request.url, outgoing.baseUrl))
      return failed(`The request would leave ${outgoing.baseUrl}; it was not sent.`);
    const deadline = options.now() + options.timeoutMs;
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signal = AbortSignal.any([stop, timeout]);
    try {
      return await exchange(outgoing, signal, deadline, options);
    } catch (error) {
      if (stop.aborted) return failed("The call was stopped.");
      if (timeout.aborted) return failed(`The API did not answer within ${options.timeoutMs / 1000} s.`);
      return failed(networkProblem(error, new URL(outgoing.request.url).host));
    }
  };
}

async function exchange(
  { request: first, baseUrl, secrets, tls }: Outgoing,
  signal: AbortSignal,
  deadline: number,
  options: ExecutorOptions,
): Promise<Exchange> {
  let request = first;
  for (let redirects = 0, retries = 0; ; ) {
    const response = await options.fetch(request.url, {
      ...wireRequest(request),
      ...(tls && isSameOrigin(request.url, baseUrl) && { tls }),
      redirect: "manual",
      signal,
    });
    const wait = retryAfter(response, request.method, options.now());
    if (wait !== undefined && retries < MOST_RETRIES && options.now() + wait < deadline) {
      await response.body?.cancel();
      await options.sleep(wait, signal);
      retries++;
      continue;
    }
    const next = nextRequest(request, response, { baseUrl, secrets, allowedHosts: options.allowedHosts });
    if (next.type === "answer") return await answered(response, request.method, options.maxResponseSize);
    await response.body?.cancel();
    if (next.type === "refused") return failed(next.problem);
    if (++redirects > MOST_REDIRECTS) return failed(`The API redirected more than ${MOST_REDIRECTS} times.`);
    request = next.request;
  }
}

function failed(problem: string): Exchange {
  return { outcome: "failed", problem };
}

function isSameOrigin(url: string, baseUrl: string): boolean {
  return URL.parse(url)?.origin === new URL(baseUrl).origin;
}

function staysWithin(url: string, baseUrl: string): boolean {
  if (!isSameOrigin(url, baseUrl)) return false;
  const [target, base] = [new URL(url), new URL(baseUrl)];
  const basePath = base.pathname.replace(/\/+$/, "");
  return target.pathname === basePath || target.pathname.startsWith(`${basePath}/`);
}

function wireRequest({ method, headers, body }: ToolRequest): BunFetchRequestInit {
  const lines: Record<string, string> = {};
  if (!Object.keys(headers).some((name) => name.toLowerCase() === "user-agent"))
    lines["User-Agent"] = "specchat";
  for (const [name, value] of Object.entries(headers)) lines[name] = headerBytes(value);
  if (body === null) return { method, headers: lines };
  if (!isParts(body))
    return { method, headers: lines, body: typeof body === "string" ? body : new Uint8Array(body) };
  const boundary = `specchat-${crypto.randomUUID()}`;
  const type = headers["Content-Type"] ?? "multipart/form-data";
  return {
    method,
    headers: { ...lines, "Content-Type": `${type}; boundary=${boundary}` },
    body: writeMultipart(body, boundary),
  };
}

function isParts(body: ToolRequest["body"]): body is readonly Part[] {
  return Array.isArray(body);
}

/** Header values are bytes: what is not ASCII goes as UTF-8. */
function headerBytes(value: string): string {
  return /^[\x20-\x7e\t]*$/.test(value) ? value : Buffer.from(value, "utf8").toString("latin1");
}

/** Milliseconds to wait before the same request may be sent again; undefined when it may not. */
function retryAfter(response: Response, method: string, now: number): number | undefined {
  if ((response.status !== 429 && response.status !== 503) || !IDEMPOTENT.has(method)) return undefined;
  const header = response.headers.get("retry-after")?.trim();
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

async function answered(response: Response, method: string, limit: number): Promise<Exchange> {
  const { body, truncated } =
    method === "HEAD" ? { body: new Uint8Array(), truncated: false } : await readLimited(response, limit);
  return {
    outcome: "answered",
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body,
    truncated,
  };
}

async function readLimited(
  response: Response,
  limit: number,
): Promise<{ body: Uint8Array; truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader && size <= limit) {
    const { done, value } = await reader.read();
    if (done) return { body: Buffer.concat(chunks), truncated: false };
    chunks.push(value);
    size += value.length;
  }
  await reader?.cancel();
  return { body: Buffer.concat(chunks).subarray(0, limit), truncated: reader !== undefined };
}
