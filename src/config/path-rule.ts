/** Matches path templates against the rules of `--allowed-paths` and `--excluded-paths`. Both accept globs. */
import { compilePathGlob, type GlobMatcher, isGlob } from "./glob.ts";

/** Matches by complete segments: `/users` matches `/users` and `/users/{id}`, not `/users-private`. */
export function matchPathAndBelow(rule: string): GlobMatcher {
  const root = ensureLeadingSlash(rule).replace(/\/+$/, "");
  if (!isGlob(root)) return (path) => path === root || path.startsWith(`${root}/`);
  const matches = compilePathGlob(root);
  return (path) => listPrefixes(path).some(matches);
}

/** Matches every path that begins with the rule: `/users` and `/users/` also match `/users-private`. */
export function matchPathPrefix(rule: string): GlobMatcher {
  const root = ensureLeadingSlash(rule).replace(/\/+$/, "");
  if (!isGlob(root)) return (path) => path.startsWith(root);
  const matchesExactly = compilePathGlob(root);
  const matchesPrefix = root.endsWith("*") ? matchesExactly : compilePathGlob(`${root}*`);
  return (path) => listPrefixes(path).some((prefix) => matchesExactly(prefix) || matchesPrefix(prefix));
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
