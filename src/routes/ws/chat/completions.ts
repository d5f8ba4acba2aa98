/** `GET /ws/chat/completions`: the completions protocol, `src/protocols/completions/PROTOCOL.md`. */
import { completionsAuthentication } from "../../../protocols/completions/authentication.ts";
import { CompletionsConnection } from "../../../protocols/completions/connection.ts";
import { maxMessageBytes } from "../../_http/request-body.ts";
import type { Route } from "../../_http/types.ts";
import { upgrade } from "../../_http/websocket-upgrade.ts";

export const completionsSocket: Route = {
  path: () => "/ws/chat/completions",
  methods: {
    GET(request, context) {
      const { app, sessions } = context;
      return upgrade(request, context, {
        authentication: completionsAuthentication,
        connect: (client, socket) => new CompletionsConnection(app, sessions, client, socket),
        maxFrameLength: maxMessageBytes(app.config),
      });
    },
  },
  opensSocket: "completions",
  enabled: ({ contracts }) => contracts.includes("completions"),
  endpoint: { name: "completions", method: "WebSocket" },
};
