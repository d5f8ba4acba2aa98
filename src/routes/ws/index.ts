/** `GET /ws`: the dashboard protocol, `src/protocols/dashboard/PROTOCOL.md`. It also answers at `/`. */
import { websocketPath } from "../../config/paths.ts";
import { isDashboardServed, upgradeDashboard } from "../_http/dashboard.ts";
import type { Route } from "../_http/types.ts";

export const dashboard: Route = {
  path: () => "/ws",
  methods: { GET: upgradeDashboard },
  opensSocket: "dashboard",
  tokenParameter: "token",
  // The native protocol has this URL when the base path is `/`.
  enabled: (config) => isDashboardServed(config) && websocketPath(config) !== "/ws",
  endpoint: { name: "dashboard", method: "WebSocket" },
};
