/** Determines the network address of a client. */

/**
 * Returns the peer, or with trusted proxies the address that the outermost of them saw. Each proxy appends the address of its
 * peer to X-Forwarded-For. Entries further left come from the client and are not trusted.
 */
export function addressOf(headers: Headers, peer: string, trustedProxies: number): string {
  if (trustedProxies === 0) return peer;
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",").map((address) => address.trim());
  return forwarded.at(-trustedProxies) || peer;
}

/**
 * Returns what distinguishes clients without credentials. Without trusted proxies, the forwarding headers count in addition to
 * the peer. A client cannot impersonate another one by forging them, because a proxy adds to them.
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
