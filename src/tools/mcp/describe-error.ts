/** Describes errors of MCP servers. */
import type { McpServer } from "../../config/mcp-servers.ts";

/** Describes an error on one line of at most 300 characters. The URL's query is masked, as it can contain a key. */
export function describeMcpError(server: McpServer, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // The client names no status when the response has no body.
  const isBare = error instanceof Error && "status" in error && /:\s*$/.test(message);
  const text = isBare ? `${message} HTTP ${String(error.status)}` : message;
  const query = server.type === "url" ? new URL(server.url).search : "";
  const masked = query === "" ? text : text.replaceAll(query, "?***");
  return masked.replace(/\s+/g, " ").trim().slice(0, 300) || "no error message";
}
