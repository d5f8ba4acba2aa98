/** The MCP servers whose tools the assistant uses: an entry of --mcp, or the `mcpServers` file that other programs read too. */
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

/** `name=…` before a URL or a command line, whose words may be quoted. @throws Error saying what is allowed. */
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

/** What other programs write beside these fields is passed over. @throws Error saying where it is wrong. */
export function readMcpFile(text: string): readonly McpServer[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const file = McpConfigFile.safeParse(json);
  if (!file.success) throw new Error('there is no "mcpServers" in it, an object of servers by name');
  return Object.entries(file.data.mcpServers).flatMap(([name, value]): readonly McpServer[] => {
    const entry = ServerEntry.safeParse(value);
    if (!entry.success)
      throw new Error(`${name}: a server has a "command" (with args, env, cwd) or a "url" (with headers)`);
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

/** Its tools' names begin with it. */
function sanitizeName(text: string): string {
  return text.replace(/[^a-zA-Z0-9-]+/g, "_").replace(/^_+|_+$/g, "") || "mcp";
}

/** As a shell splits them, and nothing else that a shell does. */
function splitCommandLine(line: string): readonly string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
}
