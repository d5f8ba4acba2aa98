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
import { tolerateOddMessages } from "./tolerant-messages.ts";
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
    const onDropped = (problem: string) =>
      ports.warn("mcp server sent an odd entry", { server: server.name, detail: problem });
    try {
      await client.connect(tolerateOddMessages(transport, onDropped), {
        timeout: CONNECT_TIMEOUT_MS,
        signal,
      });
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
    try {
      return await openClient(transport, "auto");
    } catch (error) {
      if (await isLegacySse(url, headers, ports, signal)) throw new Error(LEGACY_SSE);
      throw error;
    }
  }
  // Many servers exit on an unknown request. The legacy handshake comes first, as all but the newest servers know it.
  try {
    return await openClient(new ChildTransport(server, ports), "legacy");
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return await openClient(new ChildTransport(server, ports), { pin: LATEST_PROTOCOL_VERSION });
  }
}

const LEGACY_SSE =
  "it speaks the HTTP+SSE transport of revision 2024-11-05, which is not supported; use its Streamable HTTP address, which often ends in /mcp";
/** The limit of the request that finds out why a server could not be connected. */
const DETECTION_TIMEOUT_MS = 3000;

/** Returns whether a GET is answered by a stream that begins with the event `endpoint`, as the transport of 2024-11-05 does. */
async function isLegacySse(
  url: string,
  headers: Readonly<Record<string, string>>,
  { request }: Pick<McpPorts, "request">,
  signal: AbortSignal,
): Promise<boolean> {
  const abort = new AbortController();
  const limit = AbortSignal.any([signal, abort.signal, AbortSignal.timeout(DETECTION_TIMEOUT_MS)]);
  try {
    const response = await request(url, {
      headers: { ...headers, Accept: "text/event-stream" },
      signal: limit,
    });
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return false;
    const first = await response.body?.getReader().read();
    return /^event: ?endpoint$/m.test(new TextDecoder().decode(first?.value));
  } catch {
    return false;
  } finally {
    abort.abort();
  }
}

const LATEST_PROTOCOL_VERSION = "2026-07-28";
