/** MCP over a pair of streams, one message a line: https://modelcontextprotocol.io/specification/latest/basic/transports#stdio */
import { randomUUID } from "node:crypto";
import {
  type JSONRPCMessage,
  parseJSONRPCMessage,
  type Server,
  type Transport,
} from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { TERMINAL } from "../access/caller.ts";
import type { App } from "../app.ts";
import type { SessionId } from "../chat/types.ts";
import { parseJson, stringifyJson } from "../json.ts";
import { createPlace } from "./place.ts";
import { createServer } from "./server.ts";

export interface StdioStreams {
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: (line: string) => void;
}

/** Resolves when the client has closed its end, or at `stop`. What the client may do, whoever started it may. */
export async function serveStreams(app: App, streams: StdioStreams, stop: AbortSignal): Promise<void> {
  const place = createPlace(app);
  const visitor = { caller: TERMINAL, credentials: {}, session: randomUUID() as SessionId };
  const servers = new Set<Server>();
  const transport = new LineTransport(streams);
  const handle = serveStdio(
    () => {
      const server = createServer(place, () => visitor);
      servers.add(server);
      server.onclose = () => servers.delete(server);
      return server;
    },
    { transport, onerror: ({ message }) => app.log.debug("mcp", { detail: message }) },
  );
  app.apis.onChange(() => {
    for (const server of servers) void server.sendToolListChanged().catch(() => undefined);
  });
  stop.addEventListener("abort", () => void handle.close(), { once: true });
  if (stop.aborted) await handle.close();
  await transport.closed;
}

/** Bytes of one message. */
const MOST = 10_000_000;

/** Unlike the SDK's, it keeps integers of any length exact, and knows no process. */
class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #streams: StdioStreams;
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(streams: StdioStreams) {
    this.#streams = streams;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async start(): Promise<void> {
    void this.#read().finally(() => this.close());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!this.#isClosed) this.#streams.output(`${stringifyJson(message)}\n`);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
    this.#closed.resolve();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of this.#streams.input) {
      if (this.#isClosed) return;
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#receive(line);
      if (rest.length <= MOST) continue;
      this.onerror?.(new Error(`a message of more than ${MOST} characters`));
      return;
    }
  }

  #receive(line: string): void {
    if (line.trim() === "") return;
    try {
      this.onmessage?.(parseJSONRPCMessage(parseJson(line)));
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
