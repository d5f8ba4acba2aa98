/**
 * Accepts requests by their Host and Origin. The Host must be a name of this server, which prevents DNS rebinding. The Origin,
 * if there is one, must be the server's own or listed.
 */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { AppError } from "../errors.ts";

export interface OriginSettings {
  /** The address that the server listens on. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/**
 * The origin of a request. `own`: the same origin, or not a browser. `listed`: another origin in the settings. `open`: any other
 * origin when `*` is allowed; the response must not depend on the caller.
 */
export type OriginKind = "own" | "listed" | "open";

/** Returns the headers without cookies when the origin is unlisted: such a page must not act as its user, whose browser may send them. */
export function withTrustedCookies(headers: Headers, origin: OriginKind): Headers {
  if (origin !== "open") return headers;
  const trusted = new Headers(headers);
  trusted.delete("cookie");
  return trusted;
}

/** Accepts the Host of a request. @throws AppError `forbidden`, whose detail names the setting that allows it. */
export function checkHost(hostHeader: string | null, settings: OriginSettings): void {
  if (isKnownHost(hostHeader, settings)) return;
  const name = hostName(hostHeader ?? "");
  throw new AppError(
    "forbidden",
    `Host ${JSON.stringify(name.slice(0, 100))} is not allowed. Use the address that the operator has given you.`,
    {
      detail: `Host ${JSON.stringify(name.slice(0, 100))} is not allowed. To allow it, add it to --allowed-hosts.`,
    },
  );
}

/** Returns whether a Host names this server: loopback, the bound address, an address of this machine when bound to all, or a listed name. */
export function isKnownHost(hostHeader: string | null, { host, allowedHosts }: OriginSettings): boolean {
  const name = hostName(hostHeader ?? "");
  return (
    LOOPBACK.test(name) ||
    name === hostName(host) ||
    allowedHosts.some((allowed) => matchesHost(name, allowed)) ||
    (isWildcard(host) && isOwnAddress(name))
  );
}

/** Returns whether the server listens on loopback only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(hostName(host));
}

function isWildcard(host: string): boolean {
  return ["0.0.0.0", "::", "[::]"].includes(host);
}

/** Returns whether a name is an address of this machine. Addresses change while the server runs, so they are read each time. */
function isOwnAddress(name: string): boolean {
  const address = name.replace(/^\[|\]$/g, "");
  if (isIP(address) === 0) return false;
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address));
}

/** Classifies the Origin of a request. @throws AppError `forbidden`, naming the setting that allows it. */
export function checkOrigin(
  origin: string | null,
  hostHeader: string | null,
  purpose: "http" | "websocket",
  { allowedOrigins }: OriginSettings,
): OriginKind {
  if (origin === null) return "own";
  // A proxy may terminate TLS, so the scheme of the own origin is unknown. Its host is known.
  if (origin === `http://${hostHeader}` || origin === `https://${hostHeader}`) return "own";
  // Any page can have the origin "null" in a frame, so it never acts as its user.
  if (origin === "null" && allowedOrigins.includes(origin)) return "open";
  if (allowedOrigins.some((allowed) => matchesOrigin(origin.toLowerCase(), allowed))) return "listed";
  if (purpose === "http" && allowedOrigins.includes("*")) return "open";
  throw new AppError(
    "forbidden",
    `Origin ${JSON.stringify(origin.slice(0, 100))} is not allowed. Ask the operator of this chat to allow it.`,
    {
      detail: `Origin ${JSON.stringify(origin.slice(0, 100))} is not allowed. To allow it, add it to --allowed-origins.`,
    },
  );
}

/** Matches an origin with an entry: the same origin, or `scheme://*` of a scheme other than HTTP. */
function matchesOrigin(origin: string, allowed: string): boolean {
  return (
    origin === allowed ||
    (/^(?!https?:)[^*]+:\/\/\*$/.test(allowed) && origin.startsWith(allowed.slice(0, -1)))
  );
}

/**
 * Returns whether the client is a browser that will send our cookie again. A browser ignores cookies in responses to another
 * site. It also ignores them in a fetch of another origin, unless the script includes credentials, which the server cannot see.
 */
export function acceptsCookies(headers: Headers, kind: OriginKind): boolean {
  const origin = URL.parse(headers.get("origin") ?? "");
  if (!origin) return false;
  if (kind === "own") return true;
  const host = URL.parse(`http://${headers.get("host")}`);
  return headers.has("upgrade") && siteOf(origin) === siteOf(host);
}

/** Returns the last two labels of a host name. Sites below one public suffix count as one; their cookies are set in vain. */
function siteOf(url: URL | null): string | undefined {
  const { hostname } = url ?? {};
  if (hostname === undefined || isIP(hostname) > 0) return hostname;
  return hostname.split(".").slice(-2).join(".");
}

/** Returns the CORS headers of a response: https://fetch.spec.whatwg.org/#http-cors-protocol */
export function corsHeaders(kind: OriginKind, origin: string | null): Record<string, string> {
  if (kind === "own" || origin === null) return {};
  const exposed = {
    "Access-Control-Expose-Headers":
      "X-Request-ID, Retry-After, RateLimit, RateLimit-Policy, Mcp-Session-Id, WWW-Authenticate",
  };
  if (kind === "open") return { "Access-Control-Allow-Origin": "*", ...exposed };
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    Vary: "Origin",
    ...exposed,
  };
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/;

/** Returns the host name without port, in lower case: `Example.COM:8000` → `example.com`, `[::1]:80` → `[::1]`. */
function hostName(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, (port) => (host.includes("::") && !host.includes("]") ? port : ""));
}

/** Matches a host name with a pattern: a name, `*` for any name, or `*.example.com` for its subdomains. */
function matchesHost(name: string, allowed: string): boolean {
  const pattern = hostName(allowed);
  return pattern === "*" || pattern === name || (pattern.startsWith("*.") && name.endsWith(pattern.slice(1)));
}
