/** Parses the `mcpServers` file that other MCP clients share. */
import { z } from "zod";
import { type McpServer, parseServerUrl, sanitizeName } from "./mcp-servers.ts";

const StringRecord = z.record(z.string(), z.string());
const ServerEntry = z.union([
  z.object({
    command: z.string().min(1),
    args: z.array(z.string()).default([]),
    env: StringRecord.default({}),
    cwd: z.string().optional(),
    disabled: z.boolean().default(false),
  }),
  z.object({ url: z.string(), headers: StringRecord.default({}), disabled: z.boolean().default(false) }),
]);
const McpConfigFile = z.object({ mcpServers: z.record(z.string(), z.unknown()) });

/** Parses an `mcpServers` file. Unknown fields are ignored. @throws Error whose message names the wrong entry. */
export function readMcpFile(text: string): readonly McpServer[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const file = McpConfigFile.safeParse(json);
  if (!file.success) throw new Error('"mcpServers" is missing; it must be an object of servers by name');
  return Object.entries(file.data.mcpServers).flatMap(([name, value]): readonly McpServer[] => {
    const entry = ServerEntry.safeParse(value);
    if (!entry.success)
      throw new Error(`${name}: a server needs a "command" (with args, env, cwd) or a "url" (with headers)`);
    const { disabled, ...server } = entry.data;
    if (disabled) return [];
    if ("command" in server) return [{ name: sanitizeName(name), type: "command", ...server }];
    try {
      parseServerUrl(server.url);
    } catch (error) {
      throw new Error(`${name}: url: must be ${error instanceof Error ? error.message : String(error)}`);
    }
    return [{ name: sanitizeName(name), type: "url", ...server }];
  });
}
