import picomatch from "picomatch";

export interface PathRules {
  /** Whole segments: `/users` allows `/users` and `/users/{id}`, never `/users-private`. Empty: all. */
  readonly allowed: readonly string[];
  /** Every path that begins with one of these is left out. */
  readonly excluded: readonly string[];
  /** Left out without anybody asking, by whole segments; an allowance that names them brings them back. */
  readonly builtIn: readonly string[];
}

/** Why a path is left out, or undefined when it is offered. Globs may stand in every rule. */
export type PathFilter = (path: string) => string | undefined;

/** Contract 000, `allowed_paths` and `excluded_paths`. */
export function createPathFilter(rules: PathRules): PathFilter {
  const excluded = rules.excluded.map((rule) => ({ rule, matches: beginning(rule) }));
  const builtIn = rules.builtIn.map((rule) => ({ rule, matches: segments(rule) }));
  const allowed = rules.allowed.map((rule) => ({ rule, matches: segments(rule) }));
  return (path) => {
    const exclusion = excluded.find(({ matches }) => matches(path));
    if (exclusion) return `excluded by --excluded-paths ${exclusion.rule}`;
    if (allowed.length > 0) {
      if (allowed.some(({ matches }) => matches(path))) return undefined;
      return `not below --allowed-paths ${rules.allowed.join(",")}`;
    }
    const own = builtIn.find(({ matches }) => matches(path));
    return own && `left out by default (${own.rule}); --allowed-paths ${own.rule} offers it`;
  };
}

type Matcher = (path: string) => boolean;

function segments(rule: string): Matcher {
  const root = rooted(rule).replace(/\/+$/, "");
  if (!isGlob(root)) return (path) => path === root || path.startsWith(`${root}/`);
  const matches = glob(root);
  return (path) => prefixes(path).some(matches);
}

function beginning(rule: string): Matcher {
  const root = rooted(rule);
  if (!isGlob(root)) return (path) => path.startsWith(root);
  const whole = glob(root.replace(/\/+$/, ""));
  const open = /[*/]$/.test(root) ? whole : glob(`${root}*`);
  return (path) => prefixes(path).some((prefix) => whole(prefix) || open(prefix));
}

// Braces are path templates here (`/users/{id}`), never alternatives.
function glob(pattern: string): Matcher {
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
