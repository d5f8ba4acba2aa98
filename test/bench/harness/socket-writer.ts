/** Writes everything to a plain socket, also when the other side reads slowly. */
export class SocketWriter {
  readonly #socket: Pick<Bun.Socket<unknown>, "write">;
  #waiting: Uint8Array[] = [];

  constructor(socket: Pick<Bun.Socket<unknown>, "write">) {
    this.#socket = socket;
  }

  write(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    if (this.#waiting.length === 1) this.drain();
  }

  /** Writes what waits. It is called when the socket has room. */
  drain(): void {
    for (;;) {
      const [bytes] = this.#waiting;
      if (!bytes) return;
      const written = Math.max(0, this.#socket.write(bytes));
      if (written < bytes.length) {
        this.#waiting[0] = bytes.subarray(written);
        return;
      }
      this.#waiting.shift();
    }
  }
}
