/** `GET /ws/chat/completions`: the WebSocket of contract 004. */
import { clientOf } from "../../../client.ts";
import { CompletionsConnection } from "../../../completions-connection.ts";
import type { Route } from "../../types.ts";
import { upgrade } from "../../upgrade.ts";

export const completionsSocket: Route = {
  path: () => "/ws/chat/completions",
  methods: {
    GET(request, visit) {
      const { app, caller, server, sessions } = visit;
      const client = clientOf(request, caller, server.requestIP(request)?.address ?? "", app.config);
      return upgrade(request, visit, (socket) => new CompletionsConnection(app, sessions, client, socket));
    },
  },
  enabled: ({ contracts }) => contracts.includes("completions"),
};
