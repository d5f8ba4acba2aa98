/** A WebSocket, and the client that each protocol implements for it. */
import type { Client } from "../../access/client.ts";

/** Buffered bytes above which senders wait. */
export const HIGH_WATER_MARK = 64_000;
/** Buffered bytes above which a client is closed, since it sends requests but does not read. */
export const MAX_BUFFERED_BYTES = 16_000_000;
/** The close code of a client that reads too slowly. */
export const CLOSE_TOO_SLOW = 4008;

export interface Socket {
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  /** Returns the bytes that are not sent yet. */
  bufferedBytes(): number;
}

/** A protocol's end of a socket. The server calls it on each event. */
export interface SocketClient {
  /** Receives a text frame, or undefined for a binary one. */
  onMessage(text: string | undefined): void;
  /** The socket can take frames again. */
  onDrain(): void;
  /** Sends a notice to the client, if the protocol has any. */
  notify(code: string, message: string): void;
  /** The same user has presented another token: later requests have the roles and the credentials of this client. */
  onReauthenticated?(client: Client): void;
  /** The server is going to stop. */
  onShutdown(): void;
  /** Resolves when every frame that has arrived is answered. Never rejects. */
  whenAnswered(): Promise<void>;
  /** The socket is closed. */
  onClose(): void;
}
