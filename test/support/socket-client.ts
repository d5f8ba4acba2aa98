/** A WebSocket client for JSON frames, which it records in the order of arrival. */

// biome-ignore lint/suspicious/noExplicitAny: any frame of the server; tests compare it.
export type JsonFrame = any;

export class SocketClient {
  readonly frames: JsonFrame[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** The number of ping frames from the server. */
  pings = 0;
  readonly #socket: WebSocket;
  #readCount = 0;
  #waiters: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) =>
      socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason })),
    );
    socket.addEventListener("message", ({ data }) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    // Bun's WebSocket has ping events, which the DOM type lacks.
    socket.addEventListener("ping" as "message", () => {
      this.pings += 1;
      this.#wake();
    });
  }

  static async connect(
    url: string,
    path: string,
    headers: Record<string, string> = {},
    tls: Bun.TLSOptions = {},
  ): Promise<SocketClient> {
    const address = `${url.replace(/^http/, "ws")}${path}`;
    // Bun's WebSocket takes headers and options of TLS, which the DOM type lacks.
    const socket = new WebSocket(address, { headers, tls } as never);
    const client = new SocketClient(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`cannot connect to ${address}`)));
    });
    return client;
  }

  /** Sends texts and bytes unchanged, anything else as JSON. */
  send(frame: unknown): void {
    if (frame instanceof Uint8Array) this.#socket.send(new Uint8Array(frame));
    else this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Takes the next frame. */
  async next(): Promise<JsonFrame> {
    await this.waitUntil(() => this.frames.length > this.#readCount);
    this.#readCount += 1;
    return this.frames[this.#readCount - 1];
  }

  /** Takes frames up to the first of these types, which is the last element. */
  async readUntil(...types: readonly string[]): Promise<JsonFrame[]> {
    const frames: JsonFrame[] = [];
    for (;;) {
      const frame = await this.next();
      frames.push(frame);
      if (types.includes(frame.type)) return frames;
    }
  }

  /** Resolves when the condition holds. It is evaluated after each frame. */
  async waitUntil(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  close(): void {
    this.#socket.close();
  }

  /** Ends the connection without a close frame, as a page reload does. */
  terminate(): void {
    (this.#socket as WebSocket & { terminate(): void }).terminate();
  }
}
