/** Describes errors of MCP servers, and keeps the credentials of a server out of what it says. */
import type { McpServer } from "../../config/mcp-servers.ts";
import { collectNamedSecrets } from "../auth/secret-values.ts";
import { maskSecrets } from "../http/mask-secrets.ts";
import type { CustomTool } from "../types.ts";

/** Describes an error on one line of at most 300 characters. The URL's query is masked, as it can contain a key. */
export function describeMcpError(server: McpServer, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // The client names no status when the response has no body.
  const isBare = error instanceof Error && "status" in error && /:\s*$/.test(message);
  const text = isBare ? `${message} HTTP ${String(error.status)}` : message;
  const query = server.type === "url" ? new URL(server.url).search : "";
  const withoutQuery = query === "" ? text : text.replaceAll(query, "?***");
  return (
    maskSecrets(withoutQuery, serverSecrets(server)).replace(/\s+/g, " ").trim().slice(0, 300) ||
    "no error message"
  );
}

/** Returns the tool with the server's credentials masked in its output. */
export function withoutSecrets(server: McpServer, tool: CustomTool): CustomTool {
  const secrets = serverSecrets(server);
  return {
    ...tool,
    async run(values, context) {
      const output = await tool.run(values, context);
      return { ...output, content: maskSecrets(output.content, secrets) };
    },
  };
}

/** Returns the credentials that the settings pass to a server: headers and query, or the variables of its process. */
export function serverSecrets(server: McpServer): readonly string[] {
  if (server.type === "command") return collectNamedSecrets(Object.entries(server.env));
  return collectNamedSecrets([...Object.entries(server.headers), ...new URL(server.url).searchParams]);
}
