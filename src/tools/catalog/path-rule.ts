/** Contract 000, `allowed_paths` and `excluded_paths`: what a rule of either matches. Globs may stand in both. */
import picomatch from "picomatch";

/** Does it match this path template? */
export type PathMatcher = (path: string) => boolean;

/** Whole segments: `/users` matches `/users` and `/users/{id}`, never `/users-private`. */
export function matchPathAndBelow(rule: string): PathMatcher {
  const root = ensureLeadingSlash(rule).replace(/\/+$/, "");
  if (!isGlob(root)) return (path) => path === root || path.startsWith(`${root}/`);
  const matches = compileGlob(root);
  return (path) => listPrefixes(path).some(matches);
}

/** Every path that begins so. */
export function matchPathPrefix(rule: string): PathMatcher {
  const root = ensureLeadingSlash(rule);
  if (!isGlob(root)) return (path) => path.startsWith(root);
  const matchesExactly = compileGlob(root.replace(/\/+$/, ""));
  const matchesPrefix = /[*/]$/.test(root) ? matchesExactly : compileGlob(`${root}*`);
  return (path) => listPrefixes(path).some((prefix) => matchesExactly(prefix) || matchesPrefix(prefix));
}

// Braces are path templates here (`/users/{id}`), never alternatives.
function compileGlob(pattern: string): PathMatcher {
  // Without the leading slash: after one, a globstar of this library matches at least one segment.
  const matches = picomatch(pattern.slice(1), { nobrace: true, noextglob: true, nonegate: true, dot: true });
  return (path) => matches(path.slice(1));
}

function isGlob(rule: string): boolean {
  return /[*?[\]]/.test(rule);
}

function ensureLeadingSlash(rule: string): string {
  return rule.startsWith("/") ? rule : `/${rule}`;
}

/** `/a/b/c` → `/a`, `/a/b`, `/a/b/c`. */
function listPrefixes(path: string): string[] {
  const paths: string[] = [];
  for (let end = path.indexOf("/", 1); end !== -1; end = path.indexOf("/", end + 1)) {
    paths.push(path.slice(0, end));
  }
  paths.push(path);
  return paths;
}
