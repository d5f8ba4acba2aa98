import type { Secrets, Tls } from "../auth/types.ts";
import { writeMultipart } from "../request/multipart.ts";
import { describeNetworkError } from "./network-error.ts";
import { decideRedirect } from "./redirect.ts";
import type { HttpResult, MultipartPart, ToolRequest } from "./types.ts";

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
export interface OutgoingRequest {
  readonly request: ToolRequest;
  readonly baseUrl: string;
  readonly secrets: Secrets;
  /** For that address alone. */
  readonly tls?: Tls | undefined;
}

/** Always resolves: what goes wrong on the way is a `failed` exchange. */
export type Execute = (outgoing: OutgoingRequest, signal: AbortSignal) => Promise<HttpResult>;

const MAX_REDIRECTS = 5;
const MAX_RETRIES = 2;
const IDEMPOTENT_METHODS = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"]);

/** The only code that sends tool requests. */
export function createExecutor(options: ExecutorOptions): Execute {
  return async (outgoing, stopSignal) => {
    if (!isWithinBaseUrl(outgoing.request.url, outgoing.baseUrl))
      return fail(`The request would leave ${outgoing.baseUrl}; it was not sent.`);
    const deadline = options.now() + options.timeoutMs;
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signal = AbortSignal.any([stopSignal, timeout]);
    try {
      return await sendWithRetries(outgoing, signal, deadline, options);
    } catch (error) {
      if (stopSignal.aborted) return fail("The call was stopped.");
      if (timeout.aborted) return fail(`The API did not answer within ${options.timeoutMs / 1000} s.`);
      return fail(describeNetworkError(error, new URL(outgoing.request.url).host));
    }
  };
}

async function sendWithRetries(
  { request: first, baseUrl, secrets, tls }: OutgoingRequest,
  signal: AbortSignal,
  deadline: number,
  options: ExecutorOptions,
): Promise<HttpResult> {
  let request = first;
  for (let redirects = 0, retries = 0; ; ) {
    const response = await options.fetch(request.url, {
      ...toFetchInit(request),
      ...(tls && isSameOrigin(request.url, baseUrl) && { tls }),
      redirect: "manual",
      signal,
    });
    const retryDelay = getRetryDelay(response, request.method, options.now());
    if (retryDelay !== undefined && retries < MAX_RETRIES && options.now() + retryDelay < deadline) {
      await response.body?.cancel();
      await options.sleep(retryDelay, signal);
      retries++;
      continue;
    }
    const next = decideRedirect(request, response, { baseUrl, secrets, allowedHosts: options.allowedHosts });
    if (next.type === "final") return await readResponse(response, request.method, options.maxResponseSize);
    await response.body?.cancel();
    if (next.type === "refused") return fail(next.problem);
    if (++redirects > MAX_REDIRECTS) return fail(`The API redirected more than ${MAX_REDIRECTS} times.`);
    request = next.request;
  }
}

function fail(problem: string): HttpResult {
  return { outcome: "failed", problem };
}

function isSameOrigin(url: string, baseUrl: string): boolean {
  return URL.parse(url)?.origin === new URL(baseUrl).origin;
}

function isWithinBaseUrl(url: string, baseUrl: string): boolean {
  if (!isSameOrigin(url, baseUrl)) return false;
  const [target, base] = [new URL(url), new URL(baseUrl)];
  const basePath = base.pathname.replace(/\/+$/, "");
  return target.pathname === basePath || target.pathname.startsWith(`${basePath}/`);
}

function toFetchInit({ method, headers, body }: ToolRequest): BunFetchRequestInit {
  const headerLines: Record<string, string> = {};
  if (!Object.keys(headers).some((name) => name.toLowerCase() === "user-agent"))
    headerLines["User-Agent"] = "specchat";
  for (const [name, value] of Object.entries(headers)) headerLines[name] = encodeHeaderValue(value);
  if (body === null) return { method, headers: headerLines };
  if (!isParts(body))
    return { method, headers: headerLines, body: typeof body === "string" ? body : new Uint8Array(body) };
  const boundary = `specchat-${crypto.randomUUID()}`;
  const type = headers["Content-Type"] ?? "multipart/form-data";
  return {
    method,
    headers: { ...headerLines, "Content-Type": `${type}; boundary=${boundary}` },
    body: writeMultipart(body, boundary),
  };
}

function isParts(body: ToolRequest["body"]): body is readonly MultipartPart[] {
  return Array.isArray(body);
}

/** Header values are bytes: what is not ASCII goes as UTF-8. */
function encodeHeaderValue(value: string): string {
  return /^[\x20-\x7e\t]*$/.test(value) ? value : Buffer.from(value, "utf8").toString("latin1");
}

/** Milliseconds to wait before the same request may be sent again; undefined when it may not. */
function getRetryDelay(response: Response, method: string, now: number): number | undefined {
  if ((response.status !== 429 && response.status !== 503) || !IDEMPOTENT_METHODS.has(method))
    return undefined;
  const header = response.headers.get("retry-after")?.trim();
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

async function readResponse(response: Response, method: string, limit: number): Promise<HttpResult> {
  const { body, truncated } =
    method === "HEAD" ? { body: new Uint8Array(), truncated: false } : await readLimited(response, limit);
  return {
    outcome: "received",
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
