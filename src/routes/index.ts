/** `GET /`: a browser is led to the page; a WebSocket speaks contract 003; anything else is told what there is, as in contract 001. */
import { isPageServed, uiPath } from "../config/paths.ts";
import { isDashboardServed, upgradeDashboard } from "./_http/dashboard.ts";
import { listEndpoints } from "./_http/endpoints.ts";
import type { Route } from "./_http/types.ts";

export const root: Route = {
  path: () => "/",
  methods: {
    GET(request, context) {
      const { config, version, now } = context.app;
      if (request.headers.has("upgrade") && isDashboardServed(config))
        return upgradeDashboard(request, context);
      const wantsPage = request.headers.get("accept")?.includes("text/html") ?? false;
      if (wantsPage && isPageServed(config)) {
        return new Response(null, { status: 302, headers: { Location: uiPath(config) } });
      }
      return Response.json({
        message: "Bedrock Agent Streaming API",
        version,
        endpoints: listEndpoints(config),
        timestamp: now().toISOString(),
      });
    },
  },
};
