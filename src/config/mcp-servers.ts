/** Parses the MCP servers in --mcp and in the `mcpServers` file that other MCP clients share. */
import { z } from "zod";
import { parsePerApiValue } from "./per-api.ts";

export type McpServer = { readonly name: string } & (
  | {
      readonly type: "command";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd?: string | undefined;
    }
  | { readonly type: "url"; readonly url: string; readonly headers: Readonly<Record<string, string>> }
);

/** Parses `name=…` before a URL or a command line with quoted words. @throws Error whose message names the allowed values. */
export function readMcpEntry(entry: string): McpServer {
  const { name, value } = parsePerApiValue(entry);
  if (/^https?:\/\//i.test(value)) {
    const url = parseServerUrl(value);
    return { name: name ?? sanitizeName(url.hostname), type: "url", url: value, headers: {} };
  }
  const [command, ...args] = splitCommandLine(value);
  if (command === undefined) throw new Error("an http or https URL, or a command");
  return {
    name: name ?? sanitizeName(command.split(/[/\\]/).at(-1) ?? command),
    type: "command",
    command,
    args,
    env: {},
  };
}

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

function parseServerUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error("an http or https URL");
  return url;
}

/** Makes a server name usable as the prefix of tool names. */
function sanitizeName(text: string): string {
  return text.replace(/[^a-zA-Z0-9-]+/g, "_").replace(/^_+|_+$/g, "") || "mcp";
}

/** Splits a command line at spaces outside quotes. It supports no other shell syntax. */
function splitCommandLine(line: string): readonly string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
}
