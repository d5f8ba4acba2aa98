/** A client of a WebSocket that speaks JSON: its frames in the order they came. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the server sent; tests compare it.
export type JsonFrame = any;

export class SocketClient {
  readonly frames: JsonFrame[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Ping frames of the server so far. */
  pings = 0;
  readonly #socket: WebSocket;
  #taken = 0;
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) =>
      socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason })),
    );
    socket.addEventListener("message", ({ data }) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    // Bun's WebSocket tells of pings; the DOM's type does not know them.
    socket.addEventListener("ping" as "message", () => {
      this.pings += 1;
      this.#wake();
    });
  }

  static async connect(
    url: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<SocketClient> {
    const address = `${url.replace(/^http/, "ws")}${path}`;
    // Bun's WebSocket takes headers; the DOM's type does not know them.
    const socket = new WebSocket(address, { headers } as never);
    const client = new SocketClient(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`cannot connect to ${address}`)));
    });
    return client;
  }

  /** Texts and bytes as they are, anything else as JSON. */
  send(frame: unknown): void {
    if (frame instanceof Uint8Array) this.#socket.send(new Uint8Array(frame));
    else this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The next frame nobody has taken yet. */
  async next(): Promise<JsonFrame> {
    await this.when(() => this.frames.length > this.#taken);
    this.#taken += 1;
    return this.frames[this.#taken - 1];
  }

  /** Frames up to the first of these types, which comes last. */
  async until(...types: readonly string[]): Promise<JsonFrame[]> {
    const taken: JsonFrame[] = [];
    for (;;) {
      const frame = await this.next();
      taken.push(frame);
      if (types.includes(frame.type)) return taken;
    }
  }

  /** Looked at whenever a frame has come. */
  async when(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  close(): void {
    this.#socket.close();
  }

  /** As when a page is reloaded: no word of farewell. */
  terminate(): void {
    (this.#socket as WebSocket & { terminate(): void }).terminate();
  }
}
