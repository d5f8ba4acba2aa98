/** Decides whether to follow a redirect. */
import type { Secrets } from "../auth/types.ts";
import { isAllowedHost } from "./allowed-hosts.ts";
import type { ToolRequest } from "./types.ts";

/** The handling of a response. `final` means that it is not a redirect. */
export type RedirectDecision =
  | { readonly type: "final" }
  | { readonly type: "follow"; readonly request: ToolRequest }
  | { readonly type: "refused"; readonly problem: string };

interface RedirectPolicy {
  readonly baseUrl: string;
  readonly secrets: Secrets;
  readonly allowedHosts: readonly string[];
}

/**
 * Decides how to handle a response. A redirect within the API's origin is followed. One to an allowed host is followed
 * without credentials. Any other is refused: the problem omits the target's query, which can contain a secret.
 */
export function decideRedirect(
  request: ToolRequest,
  response: Response,
  policy: RedirectPolicy,
): RedirectDecision {
  const location = response.headers.get("location");
  if (!REDIRECT_STATUSES.has(response.status) || location === null) return { type: "final" };
  const target = URL.parse(location, request.url);
  if (!target || !/^https?:$/.test(target.protocol))
    return { type: "refused", problem: "Redirect not followed: its target is not an HTTP URL." };
  const redirected = createRedirectedRequest(request, response.status, target);
  if (target.origin === new URL(policy.baseUrl).origin && target.origin === new URL(request.url).origin)
    return { type: "follow", request: redirected };
  if (isAllowedHost(target, policy.allowedHosts))
    return { type: "follow", request: omitSecrets(redirected, policy.secrets) };
  return {
    type: "refused",
    problem: `Redirect not followed: HTTP ${response.status} leads to ${target.origin}${target.pathname}, outside ${policy.baseUrl}.`,
  };
}

const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

/**
 * Creates the request of a followed redirect. 303, and 301 or 302 after POST, continue as GET without the body:
 * https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
function createRedirectedRequest(request: ToolRequest, status: number, target: URL): ToolRequest {
  target.hash = "";
  const { method, headers } = request;
  const becomesGet =
    (status === 303 && method !== "GET" && method !== "HEAD") || (status < 303 && method === "POST");
  if (!becomesGet) return { ...request, url: target.href };
  const remaining = Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith("content-"));
  return { method: "GET", url: target.href, headers: Object.fromEntries(remaining), body: null };
}

/** Removes credentials and cookies from a request to another host. */
function omitSecrets(request: ToolRequest, secrets: Secrets): ToolRequest {
  const secretNames = new Set([...secrets.headers, "authorization", "cookie"]);
  const remaining = Object.entries(request.headers).filter(([name]) => !secretNames.has(name.toLowerCase()));
  return { ...request, headers: Object.fromEntries(remaining) };
}
