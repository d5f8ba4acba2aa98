/** Determines the network address of a client. */
import { isIP } from "node:net";

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

/** Returns what a rate limit counts as one address: an IPv4 address, or the /64 network of an IPv6 address, which one machine may use whole. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const plain = address.replace(/^\[|\]$|%.*$/g, "").toLowerCase();
  if (isIP(plain) !== 6) return address;
  const [head = "", tail] = plain.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail ? tail.split(":") : [];
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(Math.max(0, missing)).fill("0"), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
