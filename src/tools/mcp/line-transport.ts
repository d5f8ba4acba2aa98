/**
 * Transports MCP messages over a pair of streams, one message per line:
 * https://modelcontextprotocol.io/specification/latest/basic/transports#stdio
 * In contrast to the SDK's transports, it keeps integers beyond 2^53 exact and is independent of a process.
 */
import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from "@modelcontextprotocol/client";
import { isObject, parseJson, stringifyJson } from "../../json.ts";

export interface LineStreams {
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: (line: string) => void | Promise<void>;
  /** True on the side of a server: every request gets a response, malformed ones and those before the input ended too. */
  readonly isServer?: boolean;
}

/** The maximum length of a message in characters. */
const MAX_MESSAGE_LENGTH = 10_000_000;

/** Objects and lists within each other. The SDK takes seconds to describe what is wrong in a value of some hundred levels. */
const MAX_DEPTH = 100;

/** Codes of JSON-RPC. */
const [PARSE_ERROR, INVALID_REQUEST] = [-32700, -32600];

export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #streams: LineStreams;
  readonly #closed = Promise.withResolvers<void>();
  /** The ids of requests that were received and have no response yet. */
  readonly #pending = new Set<string | number>();
  readonly #responded = Promise.withResolvers<void>();
  #hasEnded = false;
  #isClosed = false;

  constructor(streams: LineStreams) {
    this.#streams = streams;
  }

  /** Resolves when either side has closed the connection. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async start(): Promise<void> {
    void this.#read()
      .catch((error: unknown) => this.#report(error))
      .finally(() => this.close());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#isClosed) throw new Error("the connection is closed");
    await this.#streams.output(`${stringifyJson(message)}\n`);
    if ("method" in message || message.id === undefined) return;
    this.#pending.delete(message.id);
    if (this.#hasEnded && this.#pending.size === 0) this.#responded.resolve();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed.resolve();
    this.onclose?.();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let pieces: string[] = [];
    let size = 0;
    for await (const bytes of this.#streams.input) {
      if (this.#isClosed) return;
      const [first = "", ...rest] = decoder.decode(bytes, { stream: true }).split("\n");
      pieces.push(first);
      size += first.length;
      if (size > MAX_MESSAGE_LENGTH)
        throw new Error(`the message is longer than ${MAX_MESSAGE_LENGTH} characters`);
      for (const line of rest) {
        this.#receive(pieces.join(""));
        [pieces, size] = [[line], line.length];
      }
    }
    this.#receive(pieces.join(""));
    this.#hasEnded = true;
    if (this.#streams.isServer && this.#pending.size > 0)
      await Promise.race([this.#responded.promise, this.#closed.promise]);
  }

  #receive(line: string): void {
    if (line.trim() === "") return;
    let message: unknown;
    let code = PARSE_ERROR;
    try {
      message = parseJson(line);
      code = INVALID_REQUEST;
      if (isDeeperThan(message, MAX_DEPTH)) throw new TooDeepError();
      // The SDK drops what is no message of the protocol without an answer.
      if (this.#streams.isServer) parseJSONRPCMessage(message);
      this.#deliver(message as JSONRPCMessage);
    } catch (error) {
      this.#report(error);
      if (this.#streams.isServer) this.#refuse(message, code);
      else if (error instanceof TooDeepError) this.#failRequest(message, error);
    }
  }

  #deliver(message: JSONRPCMessage): void {
    this.#track(message);
    this.onmessage?.(message);
  }

  /** Answers a line that is no message of the protocol. */
  #refuse(message: unknown, code: number): void {
    const id = isObject(message) && /^(string|number|bigint)$/.test(typeof message.id) ? message.id : null;
    const text =
      code === PARSE_ERROR ? "Parse error: the line is no JSON." : "The line is no message of MCP.";
    void this.#streams.output(`${stringifyJson({ jsonrpc: "2.0", id, error: { code, message: text } })}\n`);
  }

  /** Ends our request whose response cannot be read. */
  #failRequest(response: unknown, { message }: Error): void {
    const id = isObject(response) ? response.id : undefined;
    if (typeof id !== "string" && typeof id !== "number") return;
    this.onmessage?.({ jsonrpc: "2.0", id, error: { code: INVALID_REQUEST, message } });
  }

  /** Notes which requests need a response. A cancelled one gets none. */
  #track(message: JSONRPCMessage): void {
    if (!("method" in message)) return;
    if ("id" in message) this.#pending.add(message.id);
    else if (message.method === "notifications/cancelled")
      this.#pending.delete(message.params?.requestId as string | number);
  }

  #report(error: unknown): void {
    this.onerror?.(error instanceof Error ? error : new Error(String(error)));
  }
}

class TooDeepError extends Error {
  constructor() {
    super(`the message is nested deeper than ${MAX_DEPTH} levels`);
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((entry) => isDeeperThan(entry, levels - 1));
}
