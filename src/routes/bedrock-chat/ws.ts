/** `GET {base}/ws`: the native WebSocket. */
import { newBrowserCaller } from "../../access/caller.ts";
import { websocketPath } from "../../config/paths.ts";
import type { Route } from "../types.ts";

export const ws: Route = {
  path: websocketPath,
  methods: {
    GET(request, { server, caller: known, url }) {
      const fresh = known.kind === "browser" ? undefined : newBrowserCaller(url.protocol === "https:");
      const upgraded = server.upgrade(request, {
        data: { caller: fresh?.caller ?? known },
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
