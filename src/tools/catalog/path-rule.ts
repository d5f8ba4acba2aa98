/** Contract 000, `allowed_paths` and `excluded_paths`: what a rule of either matches. Globs may stand in both. */
import picomatch from "picomatch";

/** Does it match this path template? */
export type PathRule = (path: string) => boolean;

/** Whole segments: `/users` matches `/users` and `/users/{id}`, never `/users-private`. */
export function belowPath(rule: string): PathRule {
  const root = rooted(rule).replace(/\/+$/, "");
  if (!isGlob(root)) return (path) => path === root || path.startsWith(`${root}/`);
  const matches = glob(root);
  return (path) => prefixes(path).some(matches);
}

/** Every path that begins so. */
export function atPathBeginning(rule: string): PathRule {
  const root = rooted(rule);
  if (!isGlob(root)) return (path) => path.startsWith(root);
  const whole = glob(root.replace(/\/+$/, ""));
  const open = /[*/]$/.test(root) ? whole : glob(`${root}*`);
  return (path) => prefixes(path).some((prefix) => whole(prefix) || open(prefix));
}

// Braces are path templates here (`/users/{id}`), never alternatives.
function glob(pattern: string): PathRule {
  // Without the leading slash: after one, a globstar of this library matches at least one segment.
  const matches = picomatch(pattern.slice(1), { nobrace: true, noextglob: true, nonegate: true, dot: true });
  return (path) => matches(path.slice(1));
}

function isGlob(rule: string): boolean {
  return /[*?[\]]/.test(rule);
}

function rooted(rule: string): string {
  return rule.startsWith("/") ? rule : `/${rule}`;
}

/** `/a/b/c` → `/a`, `/a/b`, `/a/b/c`. */
function prefixes(path: string): string[] {
  const found: string[] = [];
  for (let end = path.indexOf("/", 1); end !== -1; end = path.indexOf("/", end + 1)) {
    found.push(path.slice(0, end));
  }
  found.push(path);
  return found;
}
