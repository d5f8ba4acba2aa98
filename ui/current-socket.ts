/** Holds the current WebSocket. Events of a replaced socket are ignored. */

export interface CurrentSocket {
  readonly get: () => WebSocket | undefined;
  /** Opens a socket that replaces the current one. */
  open(): void;
  /** Closes the socket without a call of `onClose`. */
  discard(): void;
}

export interface SocketListener {
  onData(data: unknown): void;
  onClose(): void;
}

export function createCurrentSocket(url: string, listener: SocketListener): CurrentSocket {
  let current: WebSocket | undefined;
  return {
    get: () => current,
    open() {
      const socket = new WebSocket(url);
      current = socket;
      socket.onmessage = (event) => {
        if (socket === current) listener.onData(event.data);
      };
      socket.onclose = () => {
        if (socket !== current) return;
        current = undefined;
        listener.onClose();
      };
    },
    discard() {
      const old = current;
      current = undefined;
      old?.close();
    },
  };
}
