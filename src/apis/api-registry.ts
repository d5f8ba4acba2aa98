/** The APIs while they are in use, and the tools beside them. */

import type { Config } from "../config/settings.ts";
import { type ShopServer, serveShop } from "../demo/shop.ts";
import { type LoadedTools, loadTools, NO_TOOLS } from "../tools/custom/load.ts";
import type { McpServers } from "../tools/mcp/servers.ts";
import { connectMcpServers } from "./connect-mcp-servers.ts";
import {
  type ApiDocuments,
  type ApisPorts,
  joinTools,
  loadDocuments,
  type ToolCatalog,
} from "./load-apis.ts";
import { assertSameOrigin } from "./origin-pinning.ts";

/** The APIs as they are now: swapped whole when a document or a list of tools has changed, so that a turn never sees half of each. */
export class ApiRegistry {
  /** The built-in shop is the API. */
  readonly isDemoApi: boolean;
  readonly #load: () => Promise<ApiDocuments>;
  readonly #shop: ShopServer | undefined;
  readonly #modules: LoadedTools;
  readonly #listeners: ((apis: ToolCatalog) => void)[] = [];
  #documents: ApiDocuments;
  #servers: McpServers | undefined;
  #current: ToolCatalog;

  private constructor(
    documents: ApiDocuments,
    load: () => Promise<ApiDocuments>,
    modules: LoadedTools,
    shop: ShopServer | undefined,
  ) {
    this.#documents = documents;
    this.#load = load;
    this.#modules = modules;
    this.#shop = shop;
    this.isDemoApi = shop !== undefined;
    this.#current = this.#buildCatalog();
  }

  /**
   * @param requiresBaseUrl false: nothing will be sent, so an API whose address cannot be told is no trouble.
   * @throws DocumentError or StartError: a document or the folder of tools cannot be read, or an API's address cannot be told.
   */
  static async load(config: Config, ports: ApisPorts, requiresBaseUrl = true): Promise<ApiRegistry> {
    const { spec, toolsDir, timeout } = config;
    const modules = toolsDir === undefined ? NO_TOOLS : await loadTools(toolsDir, timeout * 1000);
    const shop = spec.length === 0 ? serveShop({ now: ports.now }) : undefined;
    const load = () => loadDocuments(config, ports, shop, requiresBaseUrl);
    const registry = new ApiRegistry(await load(), load, modules, shop);
    // Last: what has been started then is stopped with the rest.
    registry.#servers = await connectMcpServers(config, ports, () => registry.#swap());
    registry.#current = registry.#buildCatalog();
    return registry;
  }

  get current(): ToolCatalog {
    return this.#current;
  }

  /** Told of every new version, once it is in use. */
  onChange(listener: (apis: ToolCatalog) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Reads the documents again. What is in use stays when they cannot be read or now name another address.
   * @throws DocumentError or StartError
   */
  async reload(): Promise<void> {
    const next = await this.#load();
    assertSameOrigin(this.#documents, next);
    this.#documents = next;
    this.#swap();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#servers?.stop(), this.#shop?.stop()]);
  }

  #buildCatalog(): ToolCatalog {
    return joinTools(this.#documents, [this.#modules, ...(this.#servers ? [this.#servers] : [])]);
  }

  #swap(): void {
    this.#current = this.#buildCatalog();
    for (const listener of this.#listeners) listener(this.#current);
  }
}
