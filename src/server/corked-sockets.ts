/** Sends the frames that one tick produces for a socket together: each write costs as much as the rest of a delta. */
import type { Socket } from "../protocols/shared/socket.ts";

/** Characters that wait at most. More are sent at once, so that the socket knows what it has buffered. */
const MAX_WAITING = 16_000;

type BunSocket = Pick<Bun.ServerWebSocket<unknown>, "send" | "ping" | "close" | "cork" | "getBufferedAmount">;

/** The sockets with frames of this tick. */
export class CorkedSockets {
  #waiting: CorkedSocket[] = [];

  wrap(socket: BunSocket): Socket {
    return new CorkedSocket(socket, this.#add);
  }

  readonly #add = (socket: CorkedSocket): void => {
    if (this.#waiting.push(socket) === 1) setImmediate(this.flush);
  };

  readonly flush = (): void => {
    const sockets = this.#waiting;
    this.#waiting = [];
    for (const socket of sockets) socket.flush();
  };
}

class CorkedSocket implements Socket {
  readonly #socket: BunSocket;
  readonly #onWaiting: (socket: CorkedSocket) => void;
  #frames: string[] = [];
  #characters = 0;

  constructor(socket: BunSocket, onWaiting: (socket: CorkedSocket) => void) {
    this.#socket = socket;
    this.#onWaiting = onWaiting;
  }

  send(text: string): void {
    this.#characters += text.length;
    if (this.#frames.push(text) === 1) this.#onWaiting(this);
    if (this.#characters > MAX_WAITING) this.flush();
  }

  ping(): void {
    this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.flush();
    this.#socket.close(code, reason);
  }

  bufferedBytes(): number {
    return this.#socket.getBufferedAmount();
  }

  flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#characters = 0;
    const [first = ""] = frames;
    if (frames.length === 1) this.#socket.send(first);
    else
      this.#socket.cork(() => {
        for (const frame of frames) this.#socket.send(frame);
      });
  }
}
