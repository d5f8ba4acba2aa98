/** Decides where a browser goes after it has signed in or out. */

/** Resolves addresses. It is no host: a path that leaves it names another server. */
const BASE = "http://own.invalid";
const MAX_LENGTH = 1000;

/**
 * Returns a path of this server, or `fallback` for anything else: another host, another scheme, or a text that some browser would
 * take for one of them.
 */
export function safeReturnPath(path: string | null, fallback: string): string {
  if (path === null || path.length > MAX_LENGTH || !path.startsWith("/")) return fallback;
  const url = URL.parse(path, BASE);
  if (url?.origin !== BASE) return fallback;
  const resolved = `${url.pathname}${url.search}${url.hash}`;
  // Browsers remove tabs and line breaks, and read a backslash as a slash.
  return /^\/(?![/\\])/.test(resolved) && !resolved.includes("\\") ? resolved : fallback;
}

/** Returns an address with a parameter in its query, which replaces one of the same name. */
export function withQuery(path: string, name: string, value: string): string {
  const url = new URL(path, BASE);
  url.searchParams.set(name, value);
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Returns a path of this server as browsers see it, behind a proxy that adds a prefix. */
export function withPrefix(publicUrl: string, path: string): string {
  return `${new URL(publicUrl).pathname.replace(/\/$/, "")}${path}`;
}
