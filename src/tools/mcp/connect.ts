/** A connection to an MCP server, by the revision of the protocol that it speaks. */
import {
  Client,
  ProtocolError,
  StreamableHTTPClientTransport,
  type Tool,
  type Transport,
} from "@modelcontextprotocol/client";
import type { McpServer } from "../../config/mcp-servers.ts";
import { ChildTransport } from "./child-transport.ts";
import { describeMcpError } from "./describe-error.ts";
import type { McpPorts } from "./types.ts";

/** Until it has said what it speaks, and likewise what it offers: some programs are installed first. */
export const CONNECT_TIMEOUT_MS = 30_000;

/** `changed`: told of each new list. @throws Error: it does not answer, or not as one. */
export async function connect(
  server: McpServer,
  ports: McpPorts,
  onToolsChanged: (tools: readonly Tool[]) => void,
  signal: AbortSignal,
): Promise<Client> {
  const openClient = async (transport: Transport, mode: "auto" | "legacy" | { readonly pin: string }) => {
    const client = new Client(
      { name: "specchat", version: ports.version },
      {
        versionNegotiation: { mode },
        listChanged: { tools: { onChanged: (_error, tools) => tools && onToolsChanged(tools) } },
      },
    );
    // What cannot be read of what it sends ends no connection.
    client.onerror = (error) =>
      ports.debug("mcp server", { server: server.name, detail: describeMcpError(server, error) });
    try {
      await client.connect(transport, { timeout: CONNECT_TIMEOUT_MS, signal });
      return client;
    } catch (error) {
      await client.close();
      await transport.close();
      throw error;
    }
  };
  if (server.type === "url") {
    const { url, headers } = server;
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      fetch: ports.request,
      requestInit: { headers },
    });
    return await openClient(transport, "auto");
  }
  // Many servers end at a request they do not know, so the handshake that all but the newest know comes first.
  try {
    return await openClient(new ChildTransport(server, ports), "legacy");
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return await openClient(new ChildTransport(server, ports), { pin: LATEST_PROTOCOL_VERSION });
  }
}

const LATEST_PROTOCOL_VERSION = "2026-07-28";
