/** One HTTP/1.1 connection, which sends one request at a time. */
import { BodyReader } from "./http-body.ts";
import { type ResponseHead, ResponseParser } from "./http-parser.ts";
import type { HttpRequest, HttpResponse } from "./http-types.ts";

export interface ConnectionOptions {
  /** With a colon. */
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number;
  readonly connectTimeoutMs: number;
  /** The connection is free for the next request, or closed. */
  readonly onIdle: (connection: HttpConnection) => void;
}

/** Seconds that a connection without a request stays open. Load balancers of AWS close it after a minute or more. */
const IDLE_SECONDS = 50;

interface Exchange {
  readonly head: PromiseWithResolvers<HttpResponse>;
  readonly body: BodyReader;
  readonly signal: AbortSignal;
  readonly onAbort: () => void;
}

export class HttpConnection {
  readonly #onIdle: ConnectionOptions["onIdle"];
  readonly #parser: ResponseParser;
  #socket: Bun.Socket<undefined> | undefined;
  /** Bytes that the socket could not take yet. */
  #unsent: readonly Uint8Array[] = [];
  #exchange: Exchange | undefined;

  /**
   * Opens a connection. The certificate of the server is verified before anything is sent.
   * @throws Error with the code of the operating system or of TLS, `TimeoutError` after the limit
   */
  static async open(options: ConnectionOptions): Promise<HttpConnection> {
    const connection = new HttpConnection(options);
    await connection.#connect(options);
    return connection;
  }

  private constructor({ onIdle }: ConnectionOptions) {
    this.#onIdle = onIdle;
    this.#parser = new ResponseParser({
      onHead: (head) => this.#onHead(head),
      onBody: (chunk) => this.#exchange?.body.push(chunk),
      onEnd: () => this.#finish(),
    });
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /**
   * Sends a request and resolves with the head of its response. Aborting `signal` closes the connection.
   * @param bytes of {@link encodeRequest}
   */
  send(bytes: readonly Uint8Array[], signal: AbortSignal): Promise<HttpResponse> {
    const head = Promise.withResolvers<HttpResponse>();
    const onAbort = () => this.#fail(signal.reason);
    const body = new BodyReader({
      pause: () => this.#socket?.pause(),
      resume: () => this.#socket?.resume(),
    });
    this.#exchange = { head, body, signal, onAbort };
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener("abort", onAbort, { once: true });
      this.#socket?.timeout(0);
      this.#socket?.ref();
      this.#unsent = bytes;
      this.#write();
    }
    return head.promise;
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  async #connect({ protocol, hostname, port, connectTimeoutMs }: ConnectionOptions): Promise<void> {
    const ready = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      const limit = `within ${connectTimeoutMs} ms`;
      ready.reject(new ConnectTimeoutError(`${hostname}:${port} accepted no connection ${limit}.`));
    }, connectTimeoutMs);
    const isEncrypted = protocol === "https:";
    const opening = Bun.connect<undefined>({
      hostname,
      port,
      ...(isEncrypted && { tls: { serverName: hostname, rejectUnauthorized: true } }),
      socket: {
        open: () => {
          if (!isEncrypted) ready.resolve();
        },
        // Bun verifies the chain and the name of the certificate.
        handshake(_, isVerified, error) {
          if (isVerified && !error) ready.resolve();
          else ready.reject(error ?? connectionLost());
        },
        data: (_, bytes) => this.#onData(bytes),
        drain: () => this.#write(),
        timeout: () => this.#fail(connectionLost()),
        close: () => {
          ready.reject(connectionLost());
          this.#onClose();
        },
        error: (_, error) => this.#fail(error),
      },
    });
    opening.catch(ready.reject);
    try {
      await ready.promise;
      this.#socket = await opening;
    } catch (error) {
      opening.then(
        (socket) => socket.terminate(),
        () => {},
      );
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #write(): void {
    while (this.#unsent.length > 0) {
      const [first = EMPTY, ...others] = this.#unsent;
      const written = this.#socket?.write(first) ?? 0;
      if (written < first.length) {
        this.#unsent = [first.subarray(Math.max(0, written)), ...others];
        return;
      }
      this.#unsent = others;
    }
  }

  #onData(bytes: Buffer): void {
    try {
      // Bytes without a request are an error too: the next response would be wrong.
      this.#parser.push(bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  #onHead({ status, headers }: ResponseHead): void {
    const exchange = this.#exchange;
    if (!exchange) throw connectionLost();
    exchange.head.resolve({
      status,
      headers,
      body: exchange.body,
      close: () => {
        if (this.#exchange === exchange) this.#fail(connectionLost());
      },
    });
  }

  /** The response is complete. */
  #finish(): void {
    const exchange = this.#takeExchange();
    exchange?.body.end();
    if (!this.#parser.isReusable || this.#unsent.length > 0) this.close();
    this.#socket?.resume();
    this.#socket?.timeout(IDLE_SECONDS);
    this.#socket?.unref();
    this.#onIdle(this);
  }

  #onClose(): void {
    this.#parser.end();
    this.#fail(connectionLost());
  }

  /** Ends the request with an error, and the connection with it. */
  #fail(error: unknown): void {
    const exchange = this.#takeExchange();
    this.close();
    exchange?.head.reject(error);
    exchange?.body.fail(error);
    this.#onIdle(this);
  }

  #takeExchange(): Exchange | undefined {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.signal.removeEventListener("abort", exchange.onAbort);
    return exchange;
  }
}

const EMPTY = new Uint8Array(0);
/** Bodies up to this size are sent together with their head. */
const MAX_JOINED = 64_000;

/** Returns the bytes of a request. @throws Error for a line break in a header */
export function encodeRequest({ method, path, headers, body }: HttpRequest): readonly Uint8Array[] {
  const lines = [`${method} ${path} HTTP/1.1`];
  for (const name in headers) lines.push(`${name}: ${headers[name]}`);
  // A bearer key from a file may end with a line break.
  if (lines.some((line) => /[\0\r\n]/.test(line))) throw new Error("A header contains a line break.");
  const bytes = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return body.length > MAX_JOINED ? [bytes, body] : [Buffer.concat([bytes, body])];
}

function connectionLost(): Error {
  return Object.assign(new Error("The connection was closed."), { code: "ECONNRESET" });
}

class ConnectTimeoutError extends Error {
  override readonly name = "TimeoutError";
}
