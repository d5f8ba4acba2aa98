/** Frames at the pace of whoever reads them: what waits is asked for only when there is room for it. */
import type { Socket } from "./socket.ts";

/** Bytes that may wait in the socket. */
const MUCH_BUFFERED = 64_000;

export class PacedSocket {
  readonly #socket: Socket;
  #room = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves when the next frame may follow; at once when the socket is gone. */
  async send(frame: object): Promise<void> {
    if (this.#isClosed) return;
    this.#socket.send(JSON.stringify(frame));
    while (!this.#isClosed && this.#socket.buffered() > MUCH_BUFFERED) await this.#room.promise;
  }

  drained(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }

  closed(): void {
    this.#isClosed = true;
    this.#room.resolve();
  }
}
