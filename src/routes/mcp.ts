/** `/mcp`: the API's tools over the Model Context Protocol, `src/protocols/mcp/PROTOCOL.md`. */
import { stopping } from "../errors.ts";
import { mcpHttp } from "../protocols/mcp/state.ts";
import { clientFor } from "./_http/client.ts";
import { maxMessageBytes } from "./_http/request-body.ts";
import type { Handler, Route } from "./_http/types.ts";

const handle: Handler = async (request, context) => {
  const { sessions, stateOf, takeBody } = context;
  if (sessions.isStopping) throw stopping();
  // A token for this server is not for the APIs: the specification of MCP forbids to pass it on.
  const client = clientFor(request, context, false);
  const mcp = await stateOf(mcpHttp);
  return await mcp.handle(request, takeBody(), client, () => sessions.admit(client, false));
};

export const mcp: Route = {
  path: () => "/mcp",
  methods: { GET: handle, POST: handle, DELETE: handle },
  maxBodySize: maxMessageBytes,
  enabled: ({ contracts }) => contracts.includes("mcp"),
  endpoint: { name: "mcp", method: "POST" },
};
