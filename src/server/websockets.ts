/** The open WebSockets of a server: connects each to its protocol's client, and reaches all of them at once. */
import type { Config } from "../config/settings.ts";
import type { SocketData } from "../routes/_http/types.ts";

/** JSON writes a character with at most six bytes, so that a message over the limit still arrives and gets its error frame. */
const MAX_BYTES_PER_CHARACTER = 6;
/** Bytes of a frame in addition to its message and its attachments. */
const FRAME_OVERHEAD = 100_000;
/** Seconds without a frame in either direction. */
const IDLE_TIMEOUT = 60;

export class WebSockets {
  readonly handler: Bun.WebSocketHandler<SocketData>;
  readonly #open = new Set<Bun.ServerWebSocket<SocketData>>();

  constructor({ maxInputSize, maxAttachmentsSize }: Pick<Config, "maxInputSize" | "maxAttachmentsSize">) {
    this.handler = {
      // Base64 takes a third more than the bytes of the attachments.
      maxPayloadLength: maxInputSize * MAX_BYTES_PER_CHARACTER + maxAttachmentsSize * 2 + FRAME_OVERHEAD,
      idleTimeout: IDLE_TIMEOUT,
      open: (socket) => this.#connect(socket),
      message(socket, data) {
        socket.data.client?.onMessage(typeof data === "string" ? data : undefined);
      },
      drain(socket) {
        socket.data.client?.onDrain();
      },
      close: (socket) => {
        this.#open.delete(socket);
        socket.data.client?.onClose();
      },
    };
  }

  notifyAll(code: string, message: string): void {
    for (const { data } of this.#open) data.client?.notify(code, message);
  }

  announceShutdown(): void {
    for (const { data } of this.#open) data.client?.onShutdown();
  }

  /** Closes every socket with a code of RFC 6455, section 7.4. */
  closeAll(code: number, reason: string): void {
    for (const socket of this.#open) socket.close(code, reason);
  }

  #connect(socket: Bun.ServerWebSocket<SocketData>): void {
    this.#open.add(socket);
    socket.data.client = socket.data.connect({
      send: (text) => void socket.send(text),
      ping: () => void socket.ping(),
      close: (code, reason) => socket.close(code, reason),
      bufferedBytes: () => socket.getBufferedAmount(),
    });
  }
}
