/** `GET /`: a browser is led to the page; a WebSocket speaks contract 003; anything else is told what there is, as in contract 001. */
import { isPageServed, uiPath } from "../config/paths.ts";
import { dashboardSocket, isDashboardServed } from "./_http/dashboard.ts";
import { addresses } from "./_http/endpoints.ts";
import type { Route } from "./_http/types.ts";

export const root: Route = {
  path: () => "/",
  methods: {
    GET(request, visit) {
      const { config, version, now } = visit.app;
      if (request.headers.has("upgrade") && isDashboardServed(config)) return dashboardSocket(request, visit);
      const wantsPage = request.headers.get("accept")?.includes("text/html") ?? false;
      if (wantsPage && isPageServed(config)) {
        return new Response(null, { status: 302, headers: { Location: uiPath(config) } });
      }
      return Response.json({
        message: "Bedrock Agent Streaming API",
        version,
        endpoints: addresses(config),
        timestamp: now().toISOString(),
      });
    },
  },
};
