/** Frames at the pace of whoever reads them: what waits is asked for only when there is room for it. */
import { stringifyJson } from "./json.ts";
import type { Socket } from "./socket.ts";

/** Bytes that may wait in the socket. */
const MUCH_BUFFERED = 64_000;
/** Bytes of answers that nobody waits for before a client is closed: it asks and does not read. */
const MAX_BUFFERED = 16_000_000;
const TOO_SLOW = 4008;

export class PacedSocket {
  readonly #socket: Socket;
  #room = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** What may as well be left out is. */
  get isFull(): boolean {
    return this.#socket.buffered() > MUCH_BUFFERED;
  }

  /** Resolves when the next frame may follow; at once when the socket is gone. */
  async send(frame: object): Promise<void> {
    if (this.#isClosed) return;
    if (this.#socket.buffered() > MAX_BUFFERED) return this.#socket.close(TOO_SLOW, "reads too slowly");
    // Arguments of calls may hold integers that have to be written digit for digit.
    this.#socket.send(stringifyJson(frame));
    while (!this.#isClosed && this.isFull) await this.#room.promise;
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
