/** `/mcp`: the tools for other assistants, by the Model Context Protocol: https://modelcontextprotocol.io */
import { clientOf } from "../client.ts";
import { AppError } from "../errors.ts";
import type { Handler, Route } from "./types.ts";

const handle: Handler = async (request, { app, caller, mcp, server, sessions }) => {
  if (sessions.stopping)
    throw new AppError("stopping", "The server is restarting. Please try again in a moment.", {
      retryable: true,
    });
  const address = server.requestIP(request)?.address ?? "";
  // Answers and notifications may be long in coming.
  const onRead = () => server.timeout(request, 0);
  return await (await mcp()).handle(request, clientOf(request, caller, address, app.config), onRead);
};

export const mcp: Route = {
  path: () => "/mcp",
  methods: { GET: handle, POST: handle, DELETE: handle },
  enabled: ({ contracts }) => contracts.includes("mcp"),
};
