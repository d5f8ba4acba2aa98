/** `GET {base}/ws`: the native protocol, `src/protocols/native/PROTOCOL.md`. */
import { websocketPath } from "../../config/paths.ts";
import { NativeConnection } from "../../protocols/native/connection.ts";
import { clientWithCookie } from "../_http/client.ts";
import type { Route } from "../_http/types.ts";
import { upgrade } from "../_http/websocket-upgrade.ts";

export const ws: Route = {
  path: websocketPath,
  methods: {
    GET(request, context) {
      const { app, sessions } = context;
      const { client, headers } = clientWithCookie(request, context);
      return upgrade(
        request,
        context,
        { connect: (socket) => new NativeConnection(app, sessions, client, socket) },
        headers,
      );
    },
  },
  enabled: ({ contracts }) => contracts.includes("native"),
  endpoint: { name: "chat", method: "WebSocket" },
};
