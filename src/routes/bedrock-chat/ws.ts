/** `GET {base}/ws`: the native WebSocket. */
import { websocketPath } from "../../config/paths.ts";
import { Connection } from "../../protocols/native/connection.ts";
import { ownerOf } from "../_http/client.ts";
import type { Route } from "../_http/types.ts";
import { upgrade } from "../_http/websocket-upgrade.ts";

export const ws: Route = {
  path: websocketPath,
  methods: {
    GET(request, visit) {
      const { app, sessions } = visit;
      const { client, headers } = ownerOf(request, visit);
      return upgrade(request, visit, (socket) => new Connection(app, sessions, client, socket), headers);
    },
  },
  enabled: ({ contracts }) => contracts.includes("native"),
};
