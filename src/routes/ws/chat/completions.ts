/** `GET /ws/chat/completions`: the WebSocket of contract 004. */
import { CompletionsConnection } from "../../../completions-connection.ts";
import type { Route } from "../../types.ts";
import { upgrade } from "../../upgrade.ts";
import { ownerOf } from "../../visitor.ts";

export const completionsSocket: Route = {
  path: () => "/ws/chat/completions",
  methods: {
    GET(request, visit) {
      const { app, sessions } = visit;
      const { client, headers } = ownerOf(request, visit);
      return upgrade(
        request,
        visit,
        (socket) => new CompletionsConnection(app, sessions, client, socket),
        headers,
      );
    },
  },
  enabled: ({ contracts }) => contracts.includes("completions"),
};
