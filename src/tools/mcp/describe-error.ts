import type { McpServer } from "../../config/mcp-servers.ts";

/** What went wrong, on one line and no longer than that. An address may end in a key, which is nobody's to read. */
export function describeMcpError(server: McpServer, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const query = server.type === "url" ? new URL(server.url).search : "";
  const masked = query === "" ? text : text.replaceAll(query, "?***");
  return masked.replace(/\s+/g, " ").trim().slice(0, 300) || "it does not say why";
}
