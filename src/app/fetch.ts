/** Sends requests that `fetch` cannot send: unusual methods, and bodies of methods that usually have none. */
import { request as sendHttp } from "node:http";
import { request as sendHttps } from "node:https";
import { Readable } from "node:stream";

/**
 * Sends a request like `fetch` without redirects. Bun's `fetch` sends an unknown method as GET and refuses the body of a
 * GET; `node:http` sends both. It does not use proxies of the environment.
 */
export function fetchAny(url: string, init: BunFetchRequestInit): Promise<Response> {
  const method = init.method ?? "GET";
  const isRefused = BODILESS_METHODS.has(method) && init.body !== undefined && init.body !== null;
  return FETCH_METHODS.has(method) && !isRefused ? fetch(url, init) : sendWithNode(url, method, init);
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

function sendWithNode(url: string, method: string, init: BunFetchRequestInit): Promise<Response> {
  const { body, signal, tls } = init;
  const headers = Object.fromEntries(new Headers(init.headers));
  const content =
    typeof body === "string" ? Buffer.from(body) : body instanceof Uint8Array ? body : undefined;
  if (content) headers["content-length"] = String(content.length);
  const { cert, key, ca } = tls ?? {};
  const credentials = { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }) };
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? sendHttps : sendHttp;
    const options = { method, headers, agent: false, ...(signal && { signal }), ...credentials };
    const request = send(url, options as Parameters<typeof sendHttps>[1], (message) => {
      const { statusCode: status = 0 } = message;
      const lines: [string, string][] = [];
      for (let at = 0; at < message.rawHeaders.length; at += 2)
        lines.push([message.rawHeaders[at] ?? "", message.rawHeaders[at + 1] ?? ""]);
      const isEmpty = method === "HEAD" || status === 204 || status === 205 || status === 304;
      if (isEmpty) message.resume();
      const stream = isEmpty ? null : (Readable.toWeb(message) as unknown as ReadableStream);
      resolve(new Response(stream, { status, headers: lines }));
    });
    // The constructor writes the method in capitals, but methods are case-sensitive (RFC 9110, section 9.1).
    request.method = method;
    request.on("error", reject);
    request.end(content);
  });
}
