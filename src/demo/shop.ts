import { createDocument } from "./document.ts";
import { OPERATIONS } from "./operations.ts";
import { createRouter } from "./router.ts";
import { createShopState } from "./state.ts";

export interface ShopOptions {
  /** What time it is; the seed records lie in the days before. Default: the system's clock. */
  readonly now?: () => Date;
  /** Where the API answers, for the document's `servers`. Default `/`. */
  readonly url?: string;
}

export interface Shop {
  /** The OpenAPI 3.1 document, as JSON text. */
  readonly document: string;
  /** Always resolves: refusals are problem details (RFC 9457). State lives in this shop alone. */
  fetch(request: Request): Promise<Response>;
}

/** The built-in demo API: a small household shop, in memory, stocked the same way each time. */
export function createShop(options: ShopOptions = {}): Shop {
  const { now = () => new Date(), url = "/" } = options;
  return {
    document: createDocument(OPERATIONS, url),
    fetch: createRouter(OPERATIONS, createShopState(now)),
  };
}

export interface ShopServer {
  /** Origin, without a trailing slash. */
  readonly url: string;
  /** Its `servers` names `url`. */
  readonly document: string;
  /** Closes the port and every open connection. */
  stop(): Promise<void>;
}

/** A shop of its own on a free port of 127.0.0.1. */
export function serveShop(options: Pick<ShopOptions, "now"> = {}): ShopServer {
  const shop = createShop(options);
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: shop.fetch });
  const url = `http://127.0.0.1:${server.port}`;
  return { url, document: createDocument(OPERATIONS, url), stop: () => server.stop(true) };
}
