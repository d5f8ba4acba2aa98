/** `GET /`: a browser is led to the page; anything else is told what there is, in the words of contract 001. */
import { uiPath } from "../config/paths.ts";
import { addresses } from "./addresses.ts";
import type { Route } from "./types.ts";

export const root: Route = {
  path: () => "/",
  methods: {
    GET(request, { app }) {
      const { config, version } = app;
      const wantsPage = request.headers.get("accept")?.includes("text/html") ?? false;
      if (wantsPage && config.enableUi) {
        return new Response(null, { status: 302, headers: { Location: uiPath(config) } });
      }
      return Response.json({
        message: "Bedrock Agent Streaming API",
        version,
        endpoints: addresses(config),
        timestamp: app.now().toISOString(),
      });
    },
  },
};
