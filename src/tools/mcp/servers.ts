/** The MCP servers of the settings, side by side: none of them waits for another. */
import type { McpServer } from "../../config/mcp-servers.ts";
import type { CustomTool } from "../types.ts";
import { McpLink } from "./link.ts";
import type { McpPorts } from "./types.ts";

/** A start waits no longer than this for servers that are slow. */
const START_MS = 5000;

export class McpServers {
  readonly #links: readonly McpLink[];

  private constructor(links: readonly McpLink[]) {
    this.#links = links;
  }

  /** `changed`: told, once this has resolved, when there are other tools than before. */
  static async open(
    servers: readonly McpServer[],
    ports: McpPorts,
    changed: () => void,
  ): Promise<McpServers> {
    let isOpen = false;
    const links = servers.map((server) => new McpLink(server, ports, () => isOpen && changed()));
    const wait = new AbortController();
    await Promise.race([Promise.all(links.map(({ tried }) => tried)), ports.sleep(START_MS, wait.signal)]);
    wait.abort();
    isOpen = true;
    return new McpServers(links);
  }

  /** In the order of the settings. */
  get tools(): readonly CustomTool[] {
    return this.#links.flatMap(({ tools }) => tools);
  }

  get problems(): readonly string[] {
    return this.#links.flatMap(({ problems }) => problems);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.stop()));
  }
}
