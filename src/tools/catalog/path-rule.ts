/** Matches path templates against the rules of `--allowed-paths` and `--excluded-paths`. Both accept globs. */
import picomatch from "picomatch";

export type PathMatcher = (path: string) => boolean;

/** Matches by complete segments: `/users` matches `/users` and `/users/{id}`, not `/users-private`. */
export function matchPathAndBelow(rule: string): PathMatcher {
  const root = ensureLeadingSlash(rule).replace(/\/+$/, "");
  if (!isGlob(root)) return (path) => path === root || path.startsWith(`${root}/`);
  const matches = compileGlob(root);
  return (path) => listPrefixes(path).some(matches);
}

/** Matches every path that begins with the rule: `/users` and `/users/` also match `/users-private`. */
export function matchPathPrefix(rule: string): PathMatcher {
  const root = ensureLeadingSlash(rule).replace(/\/+$/, "");
  if (!isGlob(root)) return (path) => path.startsWith(root);
  const matchesExactly = compileGlob(root);
  const matchesPrefix = root.endsWith("*") ? matchesExactly : compileGlob(`${root}*`);
  return (path) => listPrefixes(path).some((prefix) => matchesExactly(prefix) || matchesPrefix(prefix));
}

/** Compiles a glob in which braces are path parameters (`/users/{id}`), not alternatives. */
function compileGlob(pattern: string): PathMatcher {
  // The leading slash is removed: after a slash, picomatch's globstar requires at least one segment.
  const matches = picomatch(pattern.slice(1), { nobrace: true, noextglob: true, nonegate: true, dot: true });
  return (path) => matches(path.slice(1));
}

function isGlob(rule: string): boolean {
  return /[*?[\]]/.test(rule);
}

function ensureLeadingSlash(rule: string): string {
  return rule.startsWith("/") ? rule : `/${rule}`;
}

/** Lists a path and its ancestors: `/a/b/c` → `/a`, `/a/b`, `/a/b/c`. */
function listPrefixes(path: string): string[] {
  const paths: string[] = [];
  for (let end = path.indexOf("/", 1); end !== -1; end = path.indexOf("/", end + 1)) {
    paths.push(path.slice(0, end));
  }
  paths.push(path);
  return paths;
}
