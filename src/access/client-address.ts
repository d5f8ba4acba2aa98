/**
 * Where a request comes from: the peer, or where proxies stand in between the address that the first of them saw. Each adds the
 * one it was called from at the right of X-Forwarded-For; what stands further to the left is the client's own word.
 */
export function addressOf(headers: Headers, peer: string, trustedProxies: number): string {
  if (trustedProxies === 0) return peer;
  const seen = (headers.get("x-forwarded-for") ?? "").split(",").map((address) => address.trim());
  return seen.at(-trustedProxies) || peer;
}

/**
 * What tells apart those who are known by nothing. Where no proxy is trusted, all that any says counts as well as the peer: what a
 * client made up stands beside what a proxy added, and so makes it nobody else.
 */
export function fingerprintParts(
  headers: Headers,
  address: string,
  trustedProxies: number,
): readonly string[] {
  if (trustedProxies > 0) return [address];
  return [address, ...FORWARDING_HEADERS.map((name) => headers.get(name) ?? "")];
}

const FORWARDING_HEADERS = ["forwarded", "x-forwarded-for", "x-real-ip"];
