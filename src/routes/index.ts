/** `GET /`: redirects a browser to the page, upgrades a dashboard WebSocket, and lists the endpoints to other clients (bedrock-agent). */
import { isPageServed, uiPath } from "../config/paths.ts";
import { requireIdentity } from "./_http/client.ts";
import { isDashboardServed, upgradeDashboard } from "./_http/dashboard.ts";
import type { Route } from "./_http/types.ts";

export const root: Route = {
  path: () => "/",
  // A browser is redirected to the page, where it signs in.
  access: "public",
  opensSocket: "dashboard",
  tokenParameter: "token",
  methods: {
    GET(request, context) {
      const { app, endpoints } = context;
      const { config, version, now } = app;
      if (request.headers.has("upgrade") && isDashboardServed(config))
        return upgradeDashboard(request, context);
      const wantsPage = request.headers.get("accept")?.includes("text/html") ?? false;
      if (wantsPage && isPageServed(config)) {
        return new Response(null, { status: 302, headers: { Location: uiPath(config) } });
      }
      requireIdentity(context);
      return Response.json({
        message: "Bedrock Agent Streaming API",
        version,
        endpoints,
        timestamp: now().toISOString(),
      });
    },
  },
};
