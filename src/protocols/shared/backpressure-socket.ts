/** Frames at the pace of whoever reads them: what waits is asked for only when there is room for it. */
import { stringifyJson } from "../../json.ts";
import { MAX_BUFFERED, MUCH_BUFFERED, type Socket, TOO_SLOW } from "./socket.ts";

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
