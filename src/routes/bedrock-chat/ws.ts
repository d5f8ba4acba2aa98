/** `GET {base}/ws`: the native protocol, `src/protocols/native/PROTOCOL.md`. */
import { websocketPath } from "../../config/paths.ts";
import { nativeAuthentication } from "../../protocols/native/authentication.ts";
import { NativeConnection } from "../../protocols/native/connection.ts";
import type { Route } from "../_http/types.ts";
import { upgrade } from "../_http/websocket-upgrade.ts";

export const ws: Route = {
  path: websocketPath,
  methods: {
    GET(request, context) {
      const { app, sessions } = context;
      return upgrade(request, context, {
        authentication: nativeAuthentication,
        connect: (client, socket) => new NativeConnection(app, sessions, client, socket),
      });
    },
  },
  opensSocket: "native",
  enabled: ({ contracts }) => contracts.includes("native"),
  endpoint: { name: "chat", method: "WebSocket" },
};
