/**
 * Which requests are answered at all: a Host the server knows itself by (so that a name an attacker points at this address
 * is refused) and, when the browser names one, an Origin that is the own one or listed.
 */
import { isIP } from "node:net";
import { AppError } from "../errors.ts";

export interface OriginSettings {
  /** The address listened on. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/**
 * `own`: same origin, or no browser. `listed`: another one that the settings name. `open`: any other, where `*` is
 * allowed; it must get nothing that depends on who the caller is.
 */
export type OriginKind = "own" | "listed" | "open";

/** @throws AppError `forbidden`, saying which setting would allow it. */
export function checkHost(hostHeader: string | null, { host, allowedHosts }: OriginSettings): void {
  const name = hostName(hostHeader ?? "");
  const isKnown =
    LOOPBACK.test(name) ||
    name === hostName(host) ||
    allowedHosts.some((allowed) => matchesHost(name, allowed));
  if (isKnown) return;
  throw new AppError(
    "forbidden",
    `Host ${JSON.stringify(name.slice(0, 100))} is not one this server answers to. If it should be, add it to --allowed-hosts.`,
  );
}

/** @throws AppError `forbidden`, saying which setting would allow it. */
export function checkOrigin(
  origin: string | null,
  hostHeader: string | null,
  purpose: "http" | "websocket",
  { allowedOrigins }: OriginSettings,
): OriginKind {
  if (origin === null) return "own";
  // A proxy may end TLS before us, so the scheme of the own origin is not known here; its host is.
  if (origin === `http://${hostHeader}` || origin === `https://${hostHeader}`) return "own";
  if (allowedOrigins.includes(origin)) return "listed";
  if (purpose === "http" && allowedOrigins.includes("*")) return "open";
  throw new AppError(
    "forbidden",
    `Requests from ${JSON.stringify(origin.slice(0, 100))} are not allowed here. If they should be, add it to --allowed-origins.`,
  );
}

/**
 * Whether a browser sent it that will send our cookie again. It takes none from an answer to another site, nor from one to another
 * origin's fetch unless its script asks for that, which cannot be seen here.
 */
export function acceptsCookies(headers: Headers, kind: OriginKind): boolean {
  const origin = URL.parse(headers.get("origin") ?? "");
  if (!origin) return false;
  if (kind === "own") return true;
  const host = URL.parse(`http://${headers.get("host")}`);
  return headers.has("upgrade") && siteOf(origin) === siteOf(host);
}

/** A name by its last two labels: of two sites below one public suffix a cookie is set in vain. */
function siteOf(url: URL | null): string | undefined {
  const { hostname } = url ?? {};
  if (hostname === undefined || isIP(hostname) > 0) return hostname;
  return hostname.split(".").slice(-2).join(".");
}

/** The CORS answer headers for a request of this kind: https://fetch.spec.whatwg.org/#http-cors-protocol */
export function corsHeaders(kind: OriginKind, origin: string | null): Record<string, string> {
  if (kind === "own" || origin === null) return {};
  const exposed = { "Access-Control-Expose-Headers": "X-Request-ID, Retry-After, Mcp-Session-Id" };
  if (kind === "open") return { "Access-Control-Allow-Origin": "*", ...exposed };
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    Vary: "Origin",
    ...exposed,
  };
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/;

/** `Example.COM:8000` → `example.com`, `[::1]:80` → `[::1]`. */
function hostName(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, (port) => (host.includes("::") && !host.includes("]") ? port : ""));
}

/** Exact, `*` for any, `*.example.com` for every name below it. */
function matchesHost(name: string, allowed: string): boolean {
  const pattern = hostName(allowed);
  return pattern === "*" || pattern === name || (pattern.startsWith("*.") && name.endsWith(pattern.slice(1)));
}
