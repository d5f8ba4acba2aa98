/** Manages the MCP servers of the settings. They connect independently of each other. */
import type { McpServer } from "../../config/mcp-servers.ts";
import type { CustomTool } from "../types.ts";
import { McpConnection } from "./connection.ts";
import type { McpPorts } from "./types.ts";

/** The maximum time that a start waits for the first connections. */
const STARTUP_TIMEOUT_MS = 5000;

export class McpServers {
  readonly #connections: readonly McpConnection[];

  private constructor(connections: readonly McpConnection[]) {
    this.#connections = connections;
  }

  /**
   * Connects to the servers. Resolves after the first attempts or the startup timeout.
   * @param onToolsChanged Called on each change of the tools after that.
   */
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

  /** The tools in the order of the settings. */
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
