/**
 * Sends requests to the addresses that the guard allows, also those that `fetch` cannot send: unusual methods, and bodies of methods
 * that usually have none.
 */
import { type AgentOptions, Agent as HttpAgent, request as sendHttp } from "node:http";
import { Agent as HttpsAgent, request as sendHttps } from "node:https";
import { Readable } from "node:stream";
import { AddressGuard, AddressRefusedError, type Lookup } from "./address-guard.ts";

type Fetch = (url: string, init: BunFetchRequestInit) => Promise<Response>;

export interface FetchOptions {
  /** HTTP_PROXY, HTTPS_PROXY and NO_PROXY. `fetch` reads them itself. */
  readonly proxies?: Readonly<Record<string, string | undefined>>;
  /** Addresses that are allowed although they are link-local or of a metadata service. */
  readonly allowHosts?: readonly string[];
  readonly lookup?: Lookup;
}

/**
 * Creates a function that sends a request like `fetch`, and returns redirects as they are. Bun's `fetch` sends an unknown method as
 * GET and refuses the body of a GET; `node:http` sends both. The host is looked up once, and the connection is made to an address
 * that was checked. A proxy makes its own lookup: then the addresses are checked as far as they are known here.
 */
export function createFetch({ proxies = {}, allowHosts, lookup }: FetchOptions = {}): Fetch {
  const guard = new AddressGuard(allowHosts, lookup);
  const options: AgentOptions & { readonly proxyEnv: typeof proxies } = { proxyEnv: { ...proxies } };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  const send: Fetch = (url, init) => {
    const method = init.method ?? "GET";
    const isRefused = BODILESS_METHODS.has(method) && init.body !== undefined && init.body !== null;
    return FETCH_METHODS.has(method) && !isRefused
      ? fetch(url, { ...init, redirect: "manual" })
      : sendWithNode(url, method, init, agents);
  };
  return async (address, init) => {
    const url = new URL(address);
    const isProxied = hasProxy(url, proxies);
    const targets = await untilAborted(guard.resolve(url), init.signal).catch((error) => {
      if (!isProxied || error instanceof AddressRefusedError || init.signal?.aborted) throw error;
      return [];
    });
    if (isProxied) return await send(address, init);
    return await sendToFirst(targets, (target) => send(target.href, withHost(url, target, init)));
  };
}

function hasProxy({ protocol }: URL, proxies: Readonly<Record<string, string | undefined>>): boolean {
  const name = `${protocol.slice(0, -1)}_proxy`;
  return Boolean(proxies[name] || proxies[name.toUpperCase()]);
}

/** Sends to the first address that accepts a connection. */
async function sendToFirst(
  targets: readonly URL[],
  send: (target: URL) => Promise<Response>,
): Promise<Response> {
  const [first, ...others] = targets;
  if (!first) throw new Error("ENOTFOUND: the host has no address");
  try {
    return await send(first);
  } catch (error) {
    if (others.length === 0 || !isUnreachable(error)) throw error;
    return await sendToFirst(others, send);
  }
}

/** Returns whether nothing was sent, since there was no connection. */
function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ConnectionRefused|FailedToOpenSocket)$/.test(
    code,
  );
}

/** Returns the request for an address in place of a host name: the server and its certificate are still those of the name. */
function withHost(url: URL, target: URL, init: BunFetchRequestInit): BunFetchRequestInit {
  if (target.hostname === url.hostname) return init;
  const headers = new Headers(init.headers);
  if (!headers.has("host")) headers.set("host", url.host);
  if (url.protocol !== "https:") return { ...init, headers };
  return { ...init, headers, tls: { ...init.tls, serverName: url.hostname } };
}

/** Rejects as soon as the signal aborts. A lookup cannot be stopped. */
async function untilAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal | null | undefined,
): Promise<Value> {
  if (!signal) return await work;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

const BODILESS_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
const FETCH_METHODS: ReadonlySet<string> = new Set([
  ...BODILESS_METHODS,
  "PUT",
  "POST",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "QUERY",
]);

function sendWithNode(
  url: string,
  method: string,
  init: BunFetchRequestInit,
  agents: Agents,
): Promise<Response> {
  const { body, signal, tls } = init;
  const headers = Object.fromEntries(new Headers(init.headers));
  const content =
    typeof body === "string" ? Buffer.from(body) : body instanceof Uint8Array ? body : undefined;
  if (content) headers["content-length"] = String(content.length);
  const { cert, key, ca, serverName: servername } = tls ?? {};
  const credentials = {
    ...(cert && { cert }),
    ...(key && { key }),
    ...(ca && { ca }),
    ...(servername && { servername }),
  };
  return new Promise((resolve, reject) => {
    const isEncrypted = url.startsWith("https:");
    const send = isEncrypted ? sendHttps : sendHttp;
    const agent = isEncrypted ? agents.https : agents.http;
    const options = { method, headers, agent, ...(signal && { signal }), ...credentials };
    const request = send(url, options as Parameters<typeof sendHttps>[1], (message) => {
      const { statusCode: status = 0 } = message;
      const lines: [string, string][] = [];
      for (let at = 0; at < message.rawHeaders.length; at += 2)
        lines.push([message.rawHeaders[at] ?? "", message.rawHeaders[at + 1] ?? ""]);
      const isEmpty = method === "HEAD" || status === 204 || status === 205 || status === 304;
      if (isEmpty) message.resume();
      const stream = isEmpty ? null : (Readable.toWeb(message) as unknown as ReadableStream);
      try {
        resolve(new Response(stream, { status, headers: lines }));
      } catch (error) {
        // A Response cannot have a status such as 000.
        message.destroy();
        reject(error);
      }
    });
    // The constructor writes the method in capitals, but methods are case-sensitive (RFC 9110, section 9.1).
    request.method = method;
    request.on("error", reject);
    request.end(content);
  });
}
