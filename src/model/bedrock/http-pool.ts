/**
 * Sends requests over connections that are kept for the next one. It takes a third of the CPU time of node:http for a
 * request, and half for a stream. Bun's `fetch` would take as little, but sends at most 256 requests at the same time, has no time
 * limit for connecting, and drops bytes that arrive just before a connection breaks.
 */
import { encodeRequest, HttpConnection } from "./http-connection.ts";
import type { HttpRequest, SendHttp } from "./http-types.ts";

/** Free connections that are kept. */
const MAX_FREE = 1000;

export interface HttpPool {
  readonly send: SendHttp;
  /** Closes the free connections. */
  close(): void;
}

export function createHttpPool({ connectTimeoutMs }: { readonly connectTimeoutMs: number }): HttpPool {
  /** By origin, the last used one last. */
  const free = new Map<string, HttpConnection[]>();
  const open = (request: HttpRequest): HttpConnection | Promise<HttpConnection> => {
    const { protocol, hostname, port = protocol === "https:" ? 443 : 80 } = request;
    const connections = free.getOrInsertComputed(`${protocol}${hostname}:${port}`, () => []);
    const known = connections.pop();
    if (known) return known;
    const onIdle = (connection: HttpConnection) => {
      const at = connections.indexOf(connection);
      if (at >= 0) connections.splice(at, 1);
      if (!connection.isOpen) return;
      if (connections.length < MAX_FREE) connections.push(connection);
      else connection.close();
    };
    return HttpConnection.open({ protocol, hostname, port, connectTimeoutMs, onIdle });
  };
  return {
    async send(request, signal) {
      signal.throwIfAborted();
      const bytes = encodeRequest(request);
      const opening = open(request);
      const connection = opening instanceof Promise ? await untilAborted(opening, signal) : opening;
      return await connection.send(bytes, signal);
    },
    close() {
      for (const connections of free.values())
        for (const connection of connections.splice(0)) connection.close();
    },
  };
}

/** Rejects as soon as the signal aborts. A connection that opens later is closed. */
async function untilAborted(opening: Promise<HttpConnection>, signal: AbortSignal): Promise<HttpConnection> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => {
    aborted.reject(signal.reason);
    opening.then(
      (connection) => connection.close(),
      () => {},
    );
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([opening, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
