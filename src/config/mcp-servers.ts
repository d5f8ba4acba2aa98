/** Parses the MCP servers in --mcp. */
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

/** @throws Error whose message names the allowed values. */
export function parseServerUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error("an http or https URL");
  return url;
}

/** Makes a server name usable as the prefix of tool names. */
export function sanitizeName(text: string): string {
  return text.replace(/[^a-zA-Z0-9-]+/g, "_").replace(/^_+|_+$/g, "") || "mcp";
}

/** Splits a command line at spaces outside quotes. It supports no other shell syntax. */
function splitCommandLine(line: string): readonly string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
}
