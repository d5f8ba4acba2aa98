/** `/mcp`: the tools for other assistants, by the Model Context Protocol: https://modelcontextprotocol.io */
import { AppError } from "../errors.ts";
import { clientFor } from "./_http/client.ts";
import type { Handler, Route } from "./_http/types.ts";

const handle: Handler = async (request, context) => {
  const { mcp, server, sessions } = context;
  if (sessions.isStopping)
    throw new AppError("stopping", "The server is restarting. Please try again in a moment.", {
      retryable: true,
    });
  // Answers and notifications may be long in coming.
  const onRead = () => server.timeout(request, 0);
  return await (await mcp()).handle(request, clientFor(request, context), onRead);
};

export const mcp: Route = {
  path: () => "/mcp",
  methods: { GET: handle, POST: handle, DELETE: handle },
  enabled: ({ contracts }) => contracts.includes("mcp"),
};
