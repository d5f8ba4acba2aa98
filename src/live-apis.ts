/** The APIs while they are in use. */
import { type Apis, type ApisPorts, loadApis } from "./apis.ts";
import type { Config } from "./config/settings.ts";
import { type ServedShop, serveShop } from "./demo/shop.ts";
import { refuseMoves } from "./moves.ts";
import { loadTools, NO_TOOLS } from "./tools/custom/load.ts";

/** The APIs as they are now: swapped whole when a document has changed, so that a turn never sees half of each. */
export class LiveApis {
  /** The built-in shop is the API. */
  readonly isShop: boolean;
  readonly #load: () => Promise<Apis>;
  readonly #stop: () => Promise<void>;
  readonly #listeners: ((apis: Apis) => void)[] = [];
  #current: Apis;

  private constructor(current: Apis, load: () => Promise<Apis>, shop: ServedShop | undefined) {
    this.#current = current;
    this.#load = load;
    this.isShop = shop !== undefined;
    this.#stop = async () => shop?.stop();
  }

  /**
   * @param needsAddress false: nothing will be sent, so an API whose address cannot be told is no trouble.
   * @throws DocumentError or StartError: a document or the folder of tools cannot be read, or an API's address cannot be told.
   */
  static async open(config: Config, ports: ApisPorts, needsAddress = true): Promise<LiveApis> {
    const { spec, toolsDir, timeout } = config;
    const own = toolsDir === undefined ? NO_TOOLS : await loadTools(toolsDir, timeout * 1000);
    const shop = spec.length === 0 ? serveShop({ now: ports.now }) : undefined;
    const load = () => loadApis(config, ports, shop, needsAddress, own);
    return new LiveApis(await load(), load, shop);
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
    refuseMoves(this.#current, next);
    this.#current = next;
    for (const listener of this.#listeners) listener(next);
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}
