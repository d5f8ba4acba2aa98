/** What the proxies in front of specchat have in common. */
import type { Deployment } from "./types.ts";

/** Hours that a silent stream or WebSocket stays open. specchat sends a ping long before. */
export const STREAM_HOURS = 1;

/** Paths that are for monitors on the inside. */
export const PRIVATE_PATHS = ["/metrics"];

/** Returns the address at which the proxy reaches specchat. */
export function upstreamAddress({ config: { host, port } }: Deployment): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/** Returns the public host names without ports. */
export function hostNames({ hosts }: Deployment): readonly string[] {
  return [...new Set(hosts.map((host) => host.replace(/:\d+$/, "")))];
}

/** Returns the size of the largest request in mebibytes, rounded up. */
export function maxRequestMegabytes({ maxRequestBytes }: Deployment): number {
  return Math.ceil(maxRequestBytes / 2 ** 20);
}
