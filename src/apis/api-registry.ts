/** Holds the current APIs and tools, and reloads them. */

import { isDemoApi } from "../config/demo-api.ts";
import type { Config } from "../config/settings.ts";
import type { ShopServer } from "../demo/shop.ts";
import type { Log } from "../telemetry/log.ts";
import { createKnowledgeBaseTools } from "../tools/custom/knowledge-base.ts";
import { type LoadedTools, loadTools, NO_TOOLS } from "../tools/custom/load.ts";
import type { McpServers } from "../tools/mcp/servers.ts";
import { connectMcpServers } from "./connect-mcp-servers.ts";
import type { LoadOptions, ReloadFailure } from "./describe-apis.ts";
import {
  type ApiDocuments,
  type ApisPorts,
  joinTools,
  loadDocuments,
  type ToolCatalog,
} from "./load-apis.ts";
import { logChangedTools } from "./log-changes.ts";
import type { OfferSettings } from "./offered-tools.ts";
import { runInSlices } from "./slices.ts";
import { loadWhenReachable, type StartWait } from "./wait-for-documents.ts";

type Load = (options?: Omit<LoadOptions, "requiresBaseUrl">) => Promise<ApiDocuments>;

/** What stays the same over reloads. */
interface RegistryParts {
  readonly settings: OfferSettings;
  readonly fixedTools: readonly LoadedTools[];
  readonly shop: ShopServer | undefined;
  readonly log: Log;
}

/** The current APIs and tools. A reload replaces them atomically, so a turn never sees a mix of two versions. */
export class ApiRegistry {
  /** True when the API is the built-in shop. */
  readonly isDemoApi: boolean;
  readonly #load: Load;
  readonly #shop: ShopServer | undefined;
  /** Tools that stay the same: modules, and the one of knowledge bases. */
  readonly #fixedTools: readonly LoadedTools[];
  readonly #settings: OfferSettings;
  readonly #log: Log;
  readonly #listeners: ((apis: ToolCatalog) => void)[] = [];
  #documents: ApiDocuments;
  #servers: McpServers | undefined;
  #current: ToolCatalog;
  #problem: string | undefined;
  #readAt = 0;
  #outdated = 0;

  private constructor(
    documents: ApiDocuments,
    load: Load,
    { settings, fixedTools, shop, log }: RegistryParts,
  ) {
    this.#settings = settings;
    this.#documents = documents;
    this.#load = load;
    this.#fixedTools = fixedTools;
    this.#shop = shop;
    this.#log = log;
    this.isDemoApi = shop !== undefined;
    this.#current = this.#buildCatalog();
  }

  /**
   * Loads the APIs, custom tools and MCP servers of the settings.
   * @param requiresBaseUrl false accepts an API without a known address, for commands that send no requests.
   * @param wait waits for an API that does not respond, up to `--spec-wait`. Afterwards there are no operations until {@link reload}
   *   succeeds. Without it, such an API is an error.
   * @throws DocumentError or StartError when a document or the tools folder is unreadable, or the address of an API is unknown.
   */
  static async load(
    config: Config,
    ports: ApisPorts,
    requiresBaseUrl = true,
    wait?: StartWait,
  ): Promise<ApiRegistry> {
    const { toolsDir, timeout, knowledgeBase } = config;
    const modules = toolsDir === undefined ? NO_TOOLS : await loadTools(toolsDir, timeout * 1000);
    const { searchKnowledgeBase: search } = ports;
    const knowledge = search ? createKnowledgeBaseTools(knowledgeBase, search) : NO_TOOLS;
    const shop = isDemoApi(config)
      ? (await import("../demo/shop.ts")).serveShop({ now: ports.now })
      : undefined;
    const load: Load = (options) => loadDocuments(config, ports, shop, { requiresBaseUrl, ...options });
    const readAt = Date.now();
    const result = wait
      ? await loadWhenReachable(load, config.specWait * 1000, ports, wait)
      : { loaded: await load() };
    const isLoaded = "loaded" in result;
    const withoutApi = { ...config, spec: [] };
    const documents = isLoaded
      ? result.loaded
      : await loadDocuments(withoutApi, ports, undefined, { requiresBaseUrl });
    const registry = new ApiRegistry(documents, load, {
      settings: config,
      fixedTools: [modules, knowledge],
      shop,
      log: ports.log,
    });
    registry.#readAt = readAt;
    if (!isLoaded) registry.#problem = result.unreachable.message;
    // Servers start last, so that no error of the other steps leaves them running.
    registry.#servers = await connectMcpServers(config, ports, () => registry.#replace());
    registry.#current = registry.#buildCatalog();
    return registry;
  }

  /** Why the documents could not be loaded at start. Undefined once they are loaded. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** When the current documents were read or earlier, in milliseconds of the system's clock. */
  get readAt(): number {
    return this.#readAt;
  }

  /** All tools, also those that a caller may not use. */
  get current(): ToolCatalog {
    return this.#current;
  }

  /** Calls the listener with every new version, after it is in use. */
  onChange(listener: (apis: ToolCatalog) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Reloads the documents. One that is unreadable or names another origin keeps its current version. Everything stays as
   * it is when all are, or when an exclusion matches no operation of the new versions.
   * @returns why documents keep their current version.
   * @throws DocumentError or StartError
   */
  async reload(): Promise<readonly ReloadFailure[]> {
    const failures = await this.#reload().catch((error: unknown) => {
      this.#outdated = 1;
      throw error;
    });
    this.#outdated = failures.length;
    return failures;
  }

  /** The number of documents whose newest version could not be loaded. At least 1 when a reload failed as a whole. */
  get outdatedDocuments(): number {
    return this.#outdated;
  }

  async #reload(): Promise<readonly ReloadFailure[]> {
    const readAt = Date.now();
    const previous = this.#problem === undefined ? this.#documents.describedApis : undefined;
    const next = await this.#load({ isServing: true, previous }).catch((error: unknown) => {
      if (this.#problem !== undefined && error instanceof Error) this.#problem = error.message;
      throw error;
    });
    this.#readAt = readAt;
    if (next.failures.length > 0 && next.failures.length === next.describedApis.length) return next.failures;
    // Both versions: they are compared for the log.
    await runInSlices(defineTools([...this.#documents.toolbox.tools, ...next.toolbox.tools]));
    this.#problem = undefined;
    this.#documents = next;
    this.#replace();
    return next.failures;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#servers?.stop(), this.#shop?.stop()]);
  }

  #buildCatalog(): ToolCatalog {
    const extraTools = [...this.#fixedTools, ...(this.#servers ? [this.#servers] : [])];
    return joinTools(this.#documents, extraTools, this.#settings);
  }

  #replace(): void {
    const before = this.#current;
    this.#current = this.#buildCatalog();
    logChangedTools(this.#log, before, this.#current);
    for (const listener of this.#listeners) listener(this.#current);
  }
}

/** Makes the definitions of tools, which the next turn needs all at once. */
function* defineTools(tools: ToolCatalog["toolbox"]["tools"]): Generator<void, void> {
  for (const tool of tools) {
    tool.inputSchema;
    yield;
  }
}
