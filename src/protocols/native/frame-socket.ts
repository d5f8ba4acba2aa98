/** Sends server frames over a socket, and closes it when its client reads too slowly. */
import { CLOSE_TOO_SLOW, HIGH_WATER_MARK, MAX_BUFFERED_BYTES, type Socket } from "../shared/socket.ts";
import { serializeFrame } from "./codec.ts";
import type { ServerFrame } from "./types.ts";

export class FrameSocket {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** True while events should wait in the event log. */
  get isFull(): boolean {
    return this.#socket.bufferedBytes() > HIGH_WATER_MARK;
  }

  send(frame: ServerFrame): void {
    if (this.#socket.bufferedBytes() > MAX_BUFFERED_BYTES) this.closeTooSlow("reads too slowly; resume");
    else this.#socket.send(serializeFrame(frame));
  }

  closeTooSlow(reason: string): void {
    this.#socket.close(CLOSE_TOO_SLOW, reason);
  }
}
