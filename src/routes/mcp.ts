/** `/mcp`: the API's tools over the Model Context Protocol, `src/protocols/mcp/PROTOCOL.md`. */
import { AppError } from "../errors.ts";
import { mcpHttp } from "../protocols/mcp/state.ts";
import { clientFor } from "./_http/client.ts";
import type { Handler, Route } from "./_http/types.ts";

const handle: Handler = async (request, context) => {
  const { server, sessions, stateOf } = context;
  if (sessions.isStopping)
    throw new AppError("stopping", "The server is restarting. Please try again in a moment.", {
      retryable: true,
    });
  // Responses and notifications may take long.
  const onRead = () => server.timeout(request, 0);
  const mcp = await stateOf(mcpHttp);
  return await mcp.handle(request, clientFor(request, context), onRead);
};

export const mcp: Route = {
  path: () => "/mcp",
  methods: { GET: handle, POST: handle, DELETE: handle },
  enabled: ({ contracts }) => contracts.includes("mcp"),
  endpoint: { name: "mcp", method: "POST" },
};
