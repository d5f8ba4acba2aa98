/** Sends the requests of tool calls, with redirects, retries and limits. */
import type { Secrets, Tls } from "../auth/types.ts";
import { writeMultipart } from "../request/multipart.ts";
import { describeNetworkError, describeNetworkErrorInFull } from "./network-error.ts";
import { decideRedirect } from "./redirect.ts";
import type { HttpResult, MultipartPart, ToolRequest } from "./types.ts";

export interface ExecutorOptions {
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  /** Returns the `traceparent` header of the running call. It is sent to the origin of the API only. */
  readonly traceparent?: () => string | undefined;
  /** Called when the API gives no response, with the reason. */
  readonly onUnreachable?: (reason: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after the time, or immediately when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The limit of one call with its redirects and retries. */
  readonly timeoutMs: number;
  /** The maximum number of decompressed bytes that are read of a response. */
  readonly maxResponseSize: number;
  /** Hosts that redirects can lead to, without credentials. With the port unless it is the default. */
  readonly allowedHosts: readonly string[];
}

/** A request and the base URL that it must stay below. */
export interface OutgoingRequest {
  readonly request: ToolRequest;
  readonly baseUrl: string;
  readonly secrets: Secrets;
  /** Used for the origin of `baseUrl` only. */
  readonly tls?: Tls | undefined;
}

/** Sends a request. Never rejects: an error is a `failed` result. */
export type Execute = (outgoing: OutgoingRequest, signal: AbortSignal) => Promise<HttpResult>;

const MAX_REDIRECTS = 5;
const MAX_RETRIES = 2;
const IDEMPOTENT_METHODS = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"]);

/** Creates the executor. No other code sends tool requests. */
export function createExecutor(options: ExecutorOptions): Execute {
  return async (outgoing, stopSignal) => {
    if (!isWithinBaseUrl(outgoing.request.url, outgoing.baseUrl))
      return fail(`Request not sent: its URL is not below ${outgoing.baseUrl}.`);
    const deadline = options.now() + options.timeoutMs;
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signals = { stop: stopSignal, timeout, any: AbortSignal.any([stopSignal, timeout]) };
    try {
      return await sendWithRetries(outgoing, signals, deadline, options);
    } catch (error) {
      if (stopSignal.aborted) return fail("The call was stopped.");
      const { host } = new URL(outgoing.request.url);
      const late = `The API did not respond within ${options.timeoutMs / 1000} s.`;
      options.onUnreachable?.(timeout.aborted ? late : describeNetworkErrorInFull(error, host));
      return fail(timeout.aborted ? late : describeNetworkError(error, host));
    }
  };
}

interface Signals {
  readonly stop: AbortSignal;
  readonly timeout: AbortSignal;
  /** Aborted with either of the others. */
  readonly any: AbortSignal;
}

async function sendWithRetries(
  { request: first, baseUrl, secrets, tls }: OutgoingRequest,
  signals: Signals,
  deadline: number,
  options: ExecutorOptions,
): Promise<HttpResult> {
  let request = first;
  for (let redirects = 0, retries = 0; ; ) {
    const isOwn = isSameOrigin(request.url, baseUrl);
    const response = await options.fetch(request.url, {
      ...toFetchInit(request, isOwn ? options.traceparent?.() : undefined),
      ...(tls && isOwn && { tls }),
      redirect: "manual",
      signal: signals.any,
    });
    const retryDelay = getRetryDelay(response, request.method, options.now());
    if (retryDelay !== undefined && retries < MAX_RETRIES && options.now() + retryDelay < deadline) {
      await response.body?.cancel();
      await options.sleep(retryDelay, signals.any);
      retries++;
      continue;
    }
    const next = decideRedirect(request, response, { baseUrl, secrets, allowedHosts: options.allowedHosts });
    if (next.type === "final")
      return await readResponse(response, request.method, options.maxResponseSize, signals);
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

function toFetchInit(
  { method, headers, body }: ToolRequest,
  traceparent: string | undefined,
): BunFetchRequestInit {
  const headerLines: Record<string, string> = {};
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  if (!names.includes("user-agent")) headerLines["User-Agent"] = "specchat";
  if (traceparent !== undefined && !names.includes("traceparent")) headerLines.traceparent = traceparent;
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

/** Encodes non-ASCII characters of a header value as UTF-8 bytes. */
function encodeHeaderValue(value: string): string {
  return /^[\x20-\x7e\t]*$/.test(value) ? value : Buffer.from(value, "utf8").toString("latin1");
}

/** Returns the milliseconds to wait before a retry; undefined when the request must not be retried. */
function getRetryDelay(response: Response, method: string, now: number): number | undefined {
  if ((response.status !== 429 && response.status !== 503) || !IDEMPOTENT_METHODS.has(method))
    return undefined;
  const header = response.headers.get("retry-after")?.trim();
  if (!header) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

async function readResponse(
  response: Response,
  method: string,
  limit: number,
  signals: Signals,
): Promise<HttpResult> {
  const content = method === "HEAD" ? NO_CONTENT : await readLimited(response, limit, signals);
  const headers = Object.fromEntries(response.headers);
  return { outcome: "received", status: response.status, headers, ...content };
}

type Content = Pick<Extract<HttpResult, { outcome: "received" }>, "body" | "truncated" | "incomplete">;

const NO_CONTENT: Content = { body: new Uint8Array(), truncated: false };

/**
 * Reads a body up to the limit. Of a body that does not end, such as an event stream, it returns what arrived in time.
 * Rejects when nothing arrived, or when the call was stopped.
 */
async function readLimited(response: Response, limit: number, { stop, timeout }: Signals): Promise<Content> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  try {
    while (reader && size <= limit) {
      const { done, value } = await reader.read();
      if (done) return { body: Buffer.concat(chunks), truncated: false };
      chunks.push(value);
      size += value.length;
    }
  } catch (error) {
    const isStream = /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
    if (stop.aborted || (size === 0 && !(isStream && timeout.aborted))) throw error;
    const incomplete = timeout.aborted ? "timeout" : "connection";
    return { body: Buffer.concat(chunks), truncated: false, incomplete };
  }
  await reader?.cancel();
  return { body: Buffer.concat(chunks).subarray(0, limit), truncated: reader !== undefined };
}
