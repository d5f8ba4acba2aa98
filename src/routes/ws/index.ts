/** `GET /ws`: the WebSocket of contract 003, which also answers at `/`. */
import { websocketPath } from "../../config/paths.ts";
import { isDashboardServed, upgradeDashboard } from "../_http/dashboard.ts";
import type { Route } from "../_http/types.ts";

export const dashboard: Route = {
  path: () => "/ws",
  methods: { GET: upgradeDashboard },
  // A chat at the root has its own socket there.
  enabled: (config) => isDashboardServed(config) && websocketPath(config) !== "/ws",
};
