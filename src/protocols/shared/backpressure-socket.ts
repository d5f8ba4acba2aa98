/** Frames at the pace of whoever reads them: what waits is asked for only when there is room for it. */
import { stringifyJson } from "../../json.ts";
import { CLOSE_TOO_SLOW, HIGH_WATER_MARK, MAX_BUFFERED_BYTES, type Socket } from "./socket.ts";

export class BackpressureSocket {
  readonly #socket: Socket;
  #writable = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** What may as well be left out is. */
  get isFull(): boolean {
    return this.#socket.bufferedBytes() > HIGH_WATER_MARK;
  }

  /** Resolves when the next frame may follow; at once when the socket is gone. */
  async send(frame: object): Promise<void> {
    if (this.#isClosed) return;
    if (this.#socket.bufferedBytes() > MAX_BUFFERED_BYTES)
      return this.#socket.close(CLOSE_TOO_SLOW, "reads too slowly");
    // Arguments of calls may hold integers that have to be written digit for digit.
    this.#socket.send(stringifyJson(frame));
    while (!this.#isClosed && this.isFull) await this.#writable.promise;
  }

  onDrain(): void {
    this.#writable.resolve();
    this.#writable = Promise.withResolvers();
  }

  onClose(): void {
    this.#isClosed = true;
    this.#writable.resolve();
  }
}
