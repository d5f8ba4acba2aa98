/** Connects to the MCP servers of the settings. */
import { type McpServer, readMcpEntry } from "../config/mcp-servers.ts";
import type { Config } from "../config/settings.ts";
import { VERSION } from "../config/version.ts";
import { StartError } from "../errors.ts";
import type { McpServers } from "../tools/mcp/servers.ts";
import { fetchWithinOrigin } from "./follow-redirects.ts";
import type { ApisPorts } from "./load-apis.ts";

/** Returns undefined when no servers are configured. @throws StartError when the file that lists them is unreadable. */
export async function connectMcpServers(
  config: Config,
  { io, fetch, now, sleep, log, environment = {} }: ApisPorts,
  onChange: () => void,
): Promise<McpServers | undefined> {
  const servers = await readServers(config, io);
  if (servers.length === 0) return undefined;
  // Loaded on demand: the library takes longer to load than the server to start.
  const { McpServers } = await import("../tools/mcp/servers.ts");
  return await McpServers.open(
    servers,
    {
      request: (url, init) => fetchWithinOrigin(fetch, String(url), { ...init }),
      now,
      sleep,
      warn: (event, fields) => log.warning(event, fields),
      debug: (event, fields) => log.debug(event, fields),
      environment,
      version: VERSION,
    },
    onChange,
  );
}

async function readServers({ mcp, mcpConfig }: Config, io: ApisPorts["io"]): Promise<readonly McpServer[]> {
  const servers = [
    ...mcp.map(readMcpEntry),
    ...(mcpConfig === undefined ? [] : await readServersFile(mcpConfig, io)),
  ];
  const names = servers.map(({ name }) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined)
    throw new StartError(
      `Two MCP servers are named ${duplicate}: rename one of them, for example --mcp other=…`,
    );
  return servers;
}

async function readServersFile(path: string, io: ApisPorts["io"]): Promise<readonly McpServer[]> {
  const { readMcpFile } = await import("../config/mcp-file.ts");
  try {
    return readMcpFile(await io.readFile(path).text());
  } catch (error) {
    throw new StartError(`--mcp-config ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
