/** A WebSocket and who speaks over it: each dialect has a client of its own. */

export interface Socket {
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  /** Bytes that are not on their way yet. */
  buffered(): number;
}

/** What the server tells of a socket. */
export interface SocketClient {
  /** A text frame, or undefined for a binary one. */
  receive(text: string | undefined): void;
  /** The socket has sent what it had. */
  drained(): void;
  /** Something everybody should know. */
  notice(code: string, message: string): void;
  /** The server is about to stop. */
  leave(): void;
  /** The socket is gone. */
  closed(): void;
}
