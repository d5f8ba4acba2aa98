/** Sends frames at the pace of the client: a sender waits until the socket can take the next one. */
import { stringifyJson } from "../../json.ts";
import { CLOSE_TOO_SLOW, HIGH_WATER_MARK, MAX_BUFFERED_BYTES, type Socket } from "./socket.ts";

export class BackpressureSocket {
  readonly #socket: Socket;
  #writable = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** True while optional frames should be dropped. */
  get isFull(): boolean {
    return this.#socket.bufferedBytes() > HIGH_WATER_MARK;
  }

  /** Resolves when the next frame may follow, and at once when the socket is closed. */
  async send(frame: object): Promise<void> {
    if (this.#isClosed) return;
    if (this.#socket.bufferedBytes() > MAX_BUFFERED_BYTES)
      return this.#socket.close(CLOSE_TOO_SLOW, "reads too slowly");
    // Call arguments may hold integers beyond 2^53.
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
