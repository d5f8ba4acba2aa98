/** Serves MCP to one client over a pair of streams. */
import { randomUUID } from "node:crypto";
import type { Server } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { TERMINAL } from "../../access/caller.ts";
import type { SessionId } from "../../chat/types.ts";
import { type LineStreams, LineTransport } from "../../tools/mcp/line-transport.ts";
import { createMcpContext } from "./mcp-context.ts";
import { createServer } from "./server.ts";
import type { McpApp } from "./types.ts";

/** Resolves when the client closes its end or `stop` is aborted. The client acts as the user of the terminal. */
export async function serveStreams(app: McpApp, streams: LineStreams, stop: AbortSignal): Promise<void> {
  const context = createMcpContext(app, stop);
  const client = { caller: TERMINAL, credentials: {}, session: randomUUID() as SessionId };
  const servers = new Set<Server>();
  const transport = new LineTransport(streams);
  const handle = serveStdio(
    () => {
      const server = createServer(context, () => client);
      servers.add(server);
      server.onclose = () => servers.delete(server);
      return server;
    },
    { transport, onerror: ({ message }) => app.log.debug("mcp", { detail: message }) },
  );
  app.apis.onChange(() => {
    for (const server of servers) void server.sendToolListChanged().catch(() => undefined);
  });
  stop.addEventListener("abort", () => void handle.close(), { once: true });
  if (stop.aborted) await handle.close();
  await transport.closed;
}
