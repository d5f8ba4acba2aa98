/** `GET /`: a browser is led to the page; anything else is told what there is. */
import { healthPath, isPageServed, uiPath, websocketPath } from "../config/paths.ts";
import type { Route } from "./types.ts";

export const root: Route = {
  path: () => "/",
  methods: {
    GET(request, { app }) {
      const { config, version } = app;
      const wantsPage = request.headers.get("accept")?.includes("text/html") ?? false;
      if (wantsPage && isPageServed(config)) {
        return new Response(null, { status: 302, headers: { Location: uiPath(config) } });
      }
      return Response.json({
        message: "specchat",
        version,
        endpoints: {
          ...(config.contracts.includes("native") && { chat: `WebSocket ${websocketPath(config)}` }),
          health: `GET ${healthPath(config)}`,
        },
        timestamp: app.now().toISOString(),
      });
    },
  },
};
