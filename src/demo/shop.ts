/** The built-in demo API. */
import { createDocument } from "./document.ts";
import { OPERATIONS } from "./operations.ts";
import { createRouter } from "./router.ts";
import { createShopState } from "./state.ts";

export interface ShopOptions {
  /** Returns the current time. The initial records are dated in the days before. Default: the system clock. */
  readonly now?: () => Date;
  /** The URL of the API in `servers` of the document. Default: `/`. */
  readonly url?: string;
}

export interface Shop {
  /** The OpenAPI 3.1 document, as JSON text. */
  readonly document: string;
  /** Handles a request. Invalid requests get problem details (RFC 9457). Each shop has its own state. */
  fetch(request: Request): Promise<Response>;
}

/** Creates a small household shop in memory. It always starts with the same records. */
export function createShop(options: ShopOptions = {}): Shop {
  const { now = () => new Date(), url = "/" } = options;
  return {
    document: createDocument(OPERATIONS, url),
    fetch: createRouter(OPERATIONS, createShopState(now)),
  };
}

export interface ShopServer {
  /** The origin, without a trailing slash. */
  readonly url: string;
  /** The OpenAPI 3.1 document, as JSON text. Its `servers` contains `url`. */
  readonly document: string;
  /** Closes the port and every open connection. */
  stop(): Promise<void>;
}

/** Serves a new shop on a free port of 127.0.0.1. */
export function serveShop(options: Pick<ShopOptions, "now"> = {}): ShopServer {
  const shop = createShop(options);
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: shop.fetch });
  const url = `http://127.0.0.1:${server.port}`;
  return { url, document: createDocument(OPERATIONS, url), stop: () => server.stop(true) };
}
