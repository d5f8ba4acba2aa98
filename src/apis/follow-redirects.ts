/** Follows the redirects of MCP servers. */
import type { ApisPorts } from "./load-apis.ts";

const MAX_REDIRECTS = 5;

/**
 * Sends a request and follows redirects that repeat it within the origin, as from `/mcp` to `/mcp/`. Requests carry the headers of
 * the settings, so no other host receives them.
 * @throws Error that names the origin of another host
 */
export async function fetchWithinOrigin(
  fetch: ApisPorts["fetch"],
  address: string,
  init: BunFetchRequestInit,
): Promise<Response> {
  let url = address;
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    const repeats = init.method === undefined || init.method === "GET" ? REDIRECTS : REPEATING_REDIRECTS;
    const target = location === null ? null : URL.parse(location, url);
    if (!target || !repeats.has(response.status)) return response;
    await response.body?.cancel();
    if (target.origin !== new URL(address).origin)
      throw new Error(`it redirects to ${target.origin}; set that address when it is the right one`);
    if (redirects === MAX_REDIRECTS) throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
    url = target.href;
  }
}

const REPEATING_REDIRECTS: ReadonlySet<number> = new Set([307, 308]);
const REDIRECTS: ReadonlySet<number> = new Set([...REPEATING_REDIRECTS, 301, 302, 303]);
