/** `GET {base}/ws`: the native WebSocket. */
import { websocketPath } from "../../config/paths.ts";
import { Connection } from "../../connection.ts";
import type { Route } from "../types.ts";
import { upgrade } from "../upgrade.ts";
import { ownerOf } from "../visitor.ts";

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
