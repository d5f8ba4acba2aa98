/** `GET {base}/ws`: the native WebSocket. */
import { newBrowserCaller } from "../../access/caller.ts";
import { clientOf } from "../../client.ts";
import { websocketPath } from "../../config/paths.ts";
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
          client: clientOf(
            request,
            fresh?.caller ?? known,
            server.requestIP(request)?.address ?? "",
            app.config,
          ),
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
  enabled: ({ contracts }) => contracts.includes("native"),
};
