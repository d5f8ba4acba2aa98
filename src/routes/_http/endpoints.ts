/** The addresses that clients are shown at `/` and `/docs`. */
import type { Config } from "../../config/settings.ts";
import type { Route } from "./types.ts";

/** Returns the enabled endpoints in the order of their routes, e.g. `{ health: "GET /health" }`. */
export function listEndpoints(routes: readonly Route[], config: Config): Readonly<Record<string, string>> {
  const entries = routes.flatMap(({ endpoint, path, enabled }) =>
    endpoint && (enabled?.(config) ?? true)
      ? [[endpoint.name, `${endpoint.method} ${path(config)}`] as const]
      : [],
  );
  return Object.fromEntries(entries);
}
