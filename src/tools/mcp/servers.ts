/** The MCP servers of the settings, side by side: none of them waits for another. */
import type { McpServer } from "../../config/mcp-servers.ts";
import type { CustomTool } from "../types.ts";
import { McpConnection } from "./connection.ts";
import type { McpPorts } from "./types.ts";

/** A start waits no longer than this for servers that are slow. */
const STARTUP_TIMEOUT_MS = 5000;

export class McpServers {
  readonly #connections: readonly McpConnection[];

  private constructor(links: readonly McpConnection[]) {
    this.#connections = links;
  }

  /** `changed`: told, once this has resolved, when there are other tools than before. */
  static async open(
    servers: readonly McpServer[],
    ports: McpPorts,
    onToolsChanged: () => void,
  ): Promise<McpServers> {
    let isOpen = false;
    const connections = servers.map(
      (server) => new McpConnection(server, ports, () => isOpen && onToolsChanged()),
    );
    const timeout = new AbortController();
    await Promise.race([
      Promise.all(connections.map(({ firstAttempt }) => firstAttempt)),
      ports.sleep(STARTUP_TIMEOUT_MS, timeout.signal),
    ]);
    timeout.abort();
    isOpen = true;
    return new McpServers(connections);
  }

  /** In the order of the settings. */
  get tools(): readonly CustomTool[] {
    return this.#connections.flatMap(({ tools }) => tools);
  }

  get problems(): readonly string[] {
    return this.#connections.flatMap(({ problems }) => problems);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.stop()));
  }
}
