/** Masks the secrets of a request. */
import type { Secrets } from "../auth/types.ts";
import type { ToolRequest } from "./types.ts";

export const MASK = "***";

/** Returns a copy of the request with secret headers, cookies and query values masked. */
export function maskRequest(request: ToolRequest, secrets: Secrets): ToolRequest {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => {
    const key = name.toLowerCase();
    if (secrets.headers.includes(key) || ALWAYS_SECRET.has(key)) return [name, maskScheme(key, value)];
    return [name, key === "cookie" ? maskPairs(value, "; ", secrets.cookies) : value];
  });
  const [path = "", ...query] = request.url.split("?");
  const url = query.length === 0 ? path : `${path}?${maskPairs(query.join("?"), "&", secrets.query)}`;
  return { ...request, url, headers: Object.fromEntries(headers) };
}

const ALWAYS_SECRET = new Set(["authorization", "proxy-authorization"]);

/** Masks a header's value but keeps an authentication scheme: `Bearer ***`. */
function maskScheme(header: string, value: string): string {
  const scheme = /^(bearer|basic|digest|token) /i.exec(value)?.[1];
  return header.endsWith("authorization") && scheme ? `${scheme} ${MASK}` : MASK;
}

function maskPairs(text: string, separator: string, names: readonly string[]): string {
  const secret = new Set(names.map((name) => encodeURIComponent(name)).concat(names));
  return text
    .split(separator)
    .map((pair) => {
      const name = pair.split("=", 1)[0] ?? "";
      return secret.has(name) ? `${name}=${MASK}` : pair;
    })
    .join(separator);
}
