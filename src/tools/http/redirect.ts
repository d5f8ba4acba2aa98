import type { Secrets, ToolRequest } from "../types.ts";

export type Next =
  | { readonly type: "answer" }
  | { readonly type: "follow"; readonly request: ToolRequest }
  | { readonly type: "refused"; readonly problem: string };

interface Bounds {
  readonly baseUrl: string;
  readonly secrets: Secrets;
  readonly allowedHosts: readonly string[];
}

/**
 * What to do with a response that may be a redirect. The API's own origin is followed; an allowed host is followed
 * without credentials; any other is refused with its address, without its query, which may hold a secret.
 */
export function nextRequest(request: ToolRequest, response: Response, bounds: Bounds): Next {
  const location = response.headers.get("location");
  if (!REDIRECTS.has(response.status) || location === null) return { type: "answer" };
  const target = URL.parse(location, request.url);
  if (!target || !/^https?:$/.test(target.protocol))
    return { type: "refused", problem: "The API redirected to an address that cannot be followed." };
  const redirected = redirectedRequest(request, response.status, target);
  if (target.origin === new URL(bounds.baseUrl).origin && target.origin === new URL(request.url).origin)
    return { type: "follow", request: redirected };
  if (bounds.allowedHosts.includes(target.host) || bounds.allowedHosts.includes(target.hostname))
    return { type: "follow", request: withoutSecrets(redirected, bounds.secrets) };
  return {
    type: "refused",
    problem: `The API answered HTTP ${response.status} and redirects to ${target.origin}${target.pathname}, another address than ${bounds.baseUrl}: not followed.`,
  };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** https://fetch.spec.whatwg.org/#http-redirect-fetch: 303, and 301 or 302 after POST, continue as GET without the body. */
function redirectedRequest(request: ToolRequest, status: number, target: URL): ToolRequest {
  target.hash = "";
  const { method, headers } = request;
  const becomesGet =
    (status === 303 && method !== "GET" && method !== "HEAD") || (status < 303 && method === "POST");
  if (!becomesGet) return { ...request, url: target.href };
  const kept = Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith("content-"));
  return { method: "GET", url: target.href, headers: Object.fromEntries(kept), body: null };
}

/** Another host learns nothing of who asks: no credentials, no cookies. */
function withoutSecrets(request: ToolRequest, secrets: Secrets): ToolRequest {
  const hidden = new Set([...secrets.headers, "authorization", "cookie"]);
  const kept = Object.entries(request.headers).filter(([name]) => !hidden.has(name.toLowerCase()));
  return { ...request, headers: Object.fromEntries(kept) };
}
