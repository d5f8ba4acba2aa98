/** Sends requests that `fetch` cannot send: unusual methods, and bodies of methods that usually have none. */
import { type AgentOptions, Agent as HttpAgent, request as sendHttp } from "node:http";
import { Agent as HttpsAgent, request as sendHttps } from "node:https";
import { Readable } from "node:stream";

type Fetch = (url: string, init: BunFetchRequestInit) => Promise<Response>;

/**
 * Creates a function that sends a request like `fetch` without redirects. Bun's `fetch` sends an unknown method as GET and
 * refuses the body of a GET; `node:http` sends both.
 * @param proxies HTTP_PROXY, HTTPS_PROXY and NO_PROXY. `fetch` reads them itself.
 */
export function createFetch(proxies: Readonly<Record<string, string | undefined>>): Fetch {
  const options: AgentOptions & { readonly proxyEnv: typeof proxies } = { proxyEnv: { ...proxies } };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  return (url, init) => {
    const method = init.method ?? "GET";
    const isRefused = BODILESS_METHODS.has(method) && init.body !== undefined && init.body !== null;
    return FETCH_METHODS.has(method) && !isRefused
      ? fetch(url, init)
      : sendWithNode(url, method, init, agents);
  };
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
  const { cert, key, ca } = tls ?? {};
  const credentials = { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }) };
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
