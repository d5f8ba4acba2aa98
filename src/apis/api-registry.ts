/** The APIs while they are in use, and the tools beside them. */

import type { Config } from "../config/settings.ts";
import { type ServedShop, serveShop } from "../demo/shop.ts";
import { type LoadedTools, loadTools, NO_TOOLS } from "../tools/custom/load.ts";
import type { McpServers } from "../tools/mcp/servers.ts";
import { openMcpServers } from "./connect-mcp-servers.ts";
import { type Apis, type ApisPorts, type Documents, joinTools, loadDocuments } from "./load-apis.ts";
import { refuseMoves } from "./origin-pinning.ts";

/** The APIs as they are now: swapped whole when a document or a list of tools has changed, so that a turn never sees half of each. */
export class LiveApis {
  /** The built-in shop is the API. */
  readonly isShop: boolean;
  readonly #load: () => Promise<Documents>;
  readonly #shop: ServedShop | undefined;
  readonly #modules: LoadedTools;
  readonly #listeners: ((apis: Apis) => void)[] = [];
  #documents: Documents;
  #servers: McpServers | undefined;
  #current: Apis;

  private constructor(
    documents: Documents,
    load: () => Promise<Documents>,
    modules: LoadedTools,
    shop: ServedShop | undefined,
  ) {
    this.#documents = documents;
    this.#load = load;
    this.#modules = modules;
    this.#shop = shop;
    this.isShop = shop !== undefined;
    this.#current = this.#joined();
  }

  /**
   * @param needsAddress false: nothing will be sent, so an API whose address cannot be told is no trouble.
   * @throws DocumentError or StartError: a document or the folder of tools cannot be read, or an API's address cannot be told.
   */
  static async open(config: Config, ports: ApisPorts, needsAddress = true): Promise<LiveApis> {
    const { spec, toolsDir, timeout } = config;
    const modules = toolsDir === undefined ? NO_TOOLS : await loadTools(toolsDir, timeout * 1000);
    const shop = spec.length === 0 ? serveShop({ now: ports.now }) : undefined;
    const load = () => loadDocuments(config, ports, shop, needsAddress);
    const live = new LiveApis(await load(), load, modules, shop);
    // Last: what has been started then is stopped with the rest.
    live.#servers = await openMcpServers(config, ports, () => live.#swap());
    live.#current = live.#joined();
    return live;
  }

  get current(): Apis {
    return this.#current;
  }

  /** Told of every new version, once it is in use. */
  onChange(listener: (apis: Apis) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Reads the documents again. What is in use stays when they cannot be read or now name another address.
   * @throws DocumentError or StartError
   */
  async reload(): Promise<void> {
    const next = await this.#load();
    refuseMoves(this.#documents, next);
    this.#documents = next;
    this.#swap();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#servers?.stop(), this.#shop?.stop()]);
  }

  #joined(): Apis {
    return joinTools(this.#documents, [this.#modules, ...(this.#servers ? [this.#servers] : [])]);
  }

  #swap(): void {
    this.#current = this.#joined();
    for (const listener of this.#listeners) listener(this.#current);
  }
}
