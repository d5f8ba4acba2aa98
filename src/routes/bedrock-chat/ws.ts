/** `GET {base}/ws`: the native WebSocket. */
import { newBrowserCaller } from "../../access/caller.ts";
import { clientOf } from "../../client.ts";
import { websocketPath } from "../../config/paths.ts";
import { Connection } from "../../connection.ts";
import type { Route } from "../types.ts";
import { upgrade } from "../upgrade.ts";

export const ws: Route = {
  path: websocketPath,
  methods: {
    GET(request, visit) {
      const { app, server, sessions, caller: known, url } = visit;
      // Only a browser, which always names its origin, keeps a cookie; others are known by what they know.
      const isNewBrowser = known.kind !== "browser" && request.headers.has("origin");
      const fresh = isNewBrowser ? newBrowserCaller(url.protocol === "https:") : undefined;
      const address = server.requestIP(request)?.address ?? "";
      const client = clientOf(request, fresh?.caller ?? known, address, app.config);
      return upgrade(
        request,
        visit,
        (socket) => new Connection(app, sessions, client, socket),
        fresh && { "Set-Cookie": fresh.setCookie },
      );
    },
  },
  enabled: ({ contracts }) => contracts.includes("native"),
};
