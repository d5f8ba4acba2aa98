/** Finds the route of a path. It is our own router, since a host application that mounts specchat has a routing table of its own. */
import type { Config } from "../config/settings.ts";
import type { Route } from "../routes/_http/types.ts";

type FindRoute = (pathname: string) => Route | undefined;

/** Creates a router over the enabled routes. An exact path wins over one with named segments, and that over the longest `/*`. */
export function createRouter(routes: readonly Route[], config: Config): FindRoute {
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
      patterns.find((pattern) => matchesPattern(pattern.segments, segments))?.route ??
      prefixes.find(({ prefix }) => pathname.startsWith(prefix))?.route
    );
  };
}

/** A named segment (`:id`) matches any text but an empty one. */
function matchesPattern(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part.startsWith(":") ? segments[index] !== "" : part === segments[index]))
  );
}
