/** `GET {base}/ws`: the native WebSocket. */
import { newBrowserCaller } from "../../access/caller.ts";
import { forwardedHeaders } from "../../access/forwarded.ts";
import { websocketPath } from "../../config/paths.ts";
import { apiSettings } from "../../config/per-api.ts";
import type { Config } from "../../config/settings.ts";
import type { Credentials } from "../../session-credentials.ts";
import type { Route } from "../types.ts";

export const ws: Route = {
  path: websocketPath,
  methods: {
    GET(request, { app, server, caller: known, url }) {
      // Only a browser, which always names its origin, keeps a cookie; others are known by what they know.
      const isNewBrowser = known.kind !== "browser" && request.headers.has("origin");
      const fresh = isNewBrowser ? newBrowserCaller(url.protocol === "https:") : undefined;
      const upgraded = server.upgrade(request, {
        data: {
          client: {
            caller: fresh?.caller ?? known,
            address: server.requestIP(request)?.address ?? "",
            credentials: forwarded(request, app.config),
          },
        },
        ...(fresh && { headers: { "Set-Cookie": fresh.setCookie } }),
      });
      if (upgraded) return undefined;
      return Response.json(
        { detail: "This address speaks WebSocket." },
        { status: 426, headers: { Upgrade: "websocket" } },
      );
    },
  },
};

/** The browser's own headers and cookies, as far as the settings forward them: for this session, never stored. */
function forwarded(request: Request, config: Config): Credentials {
  const headers = forwardedHeaders(request.headers, apiSettings(config));
  return Object.fromEntries(
    Object.entries(headers).map(([api, values]) => [api, { schemes: {}, headers: values }]),
  );
}
