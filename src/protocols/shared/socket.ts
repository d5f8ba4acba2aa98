/** A WebSocket and who speaks over it: each dialect has a client of its own. */

/** Bytes that may wait in a socket: what is held back until it has sent them costs nothing. */
export const HIGH_WATER_MARK = 64_000;
/** Bytes of answers that nobody waits for before a client is closed: it asks and does not read. */
export const MAX_BUFFERED_BYTES = 16_000_000;
/** The code that it is closed with. */
export const CLOSE_TOO_SLOW = 4008;

export interface Socket {
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  /** Bytes that are not on their way yet. */
  bufferedBytes(): number;
}

/** What the server tells of a socket. */
export interface SocketClient {
  /** A text frame, or undefined for a binary one. */
  onMessage(text: string | undefined): void;
  /** The socket has sent what it had. */
  onDrain(): void;
  /** Something everybody should know. */
  notify(code: string, message: string): void;
  /** The server is about to stop. */
  onShutdown(): void;
  /** The socket is gone. */
  onClose(): void;
}
