/** Which route answers a path. Our own, since an application that mounts us in its server has a table of its own. */
import type { Config } from "../config/settings.ts";
import type { Route } from "../routes/_http/types.ts";

/** An exact path wins, then one with named segments, then the longest that stands for everything below it. */
export function createRouter(
  routes: readonly Route[],
  config: Config,
): (pathname: string) => Route | undefined {
  const enabled = routes
    .filter((route) => route.enabled?.(config) ?? true)
    .map((route) => ({ route, path: route.path(config) }));
  const exact = new Map(enabled.map(({ route, path }) => [path, route]));
  const patterns = enabled
    .filter(({ path }) => path.includes("/:"))
    .map(({ route, path }) => ({ route, segments: path.split("/") }));
  const prefixes = enabled
    .filter(({ path }) => path.endsWith("/*"))
    .map(({ route, path }) => ({ route, prefix: path.slice(0, -1) }))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return (pathname) => {
    const segments = pathname.split("/");
    return (
      exact.get(pathname) ??
      patterns.find((one) => matchesPattern(one.segments, segments))?.route ??
      prefixes.find(({ prefix }) => pathname.startsWith(prefix))?.route
    );
  };
}

function matchesPattern(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part.startsWith(":") ? segments[index] !== "" : part === segments[index]))
  );
}
