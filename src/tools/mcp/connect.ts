/** Connects to an MCP server with the protocol version that it supports. */
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

/** The limit of the handshake and of listing the tools. Some commands install their program first. */
export const CONNECT_TIMEOUT_MS = 30_000;

/**
 * Connects to a server.
 * @param onToolsChanged Called with each new list of tools.
 * @throws Error when the server does not respond, or not as an MCP server.
 */
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
    // A message that cannot be read does not end the connection.
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
  // Many servers exit on an unknown request. The legacy handshake comes first, as all but the newest servers know it.
  try {
    return await openClient(new ChildTransport(server, ports), "legacy");
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return await openClient(new ChildTransport(server, ports), { pin: LATEST_PROTOCOL_VERSION });
  }
}

const LATEST_PROTOCOL_VERSION = "2026-07-28";
