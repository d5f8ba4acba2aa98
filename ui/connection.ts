/** The WebSocket connection: opens it, reopens it after a loss, and replaces it when it is dead. */

import { createCurrentSocket } from "./current-socket.ts";
import { createHeartbeat } from "./heartbeat.ts";
import { parseExact, stringifyExact } from "./json/exact.ts";
import { type ClientFrame, isServerFrame, type ServerFrame } from "./protocol.ts";

export interface ConnectionListener {
  onFrame(frame: ServerFrame): void;
  /**
   * Reports a change of the connection. `connecting` is a requested connection, `reconnecting` follows a loss. `offline`
   * waits until the browser has network access again.
   */
  onLink(link: "connecting" | "reconnecting" | "offline"): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly listener: ConnectionListener;
  /** Dispatches `online` and `offline` events: the window. */
  readonly network?: EventTarget;
  /** Milliseconds before the first attempt to reconnect. It doubles with each attempt, up to `maxDelay`. */
  readonly delay?: number;
  readonly maxDelay?: number;
  /** Milliseconds of silence before a ping is sent. After as long again, the connection is dropped. */
  readonly idleTimeout?: number;
  /** Returns a number from 0 to 1 for the jitter. */
  readonly random?: () => number;
}

export interface Connection {
  /** Returns false if no socket is open. The frame is not sent then. */
  send(frame: ClientFrame): boolean;
  /** Reconnects at once, without waiting for the back-off. */
  reconnect(): void;
  /** Replaces the connection with a new one, whatever its state. */
  renew(): void;
  /** Drops the connection and reconnects as after a loss. */
  retry(): void;
  /** Drops the connection until `renew`. */
  suspend(): void;
  close(): void;
}

export function connect(options: ConnectionOptions): Connection {
  const { url, listener, network, idleTimeout = 25_000 } = options;
  let attempts = 0;
  /** No connection is wanted. */
  let isClosed = false;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  const socket = createCurrentSocket(url, { onData: handleData, onClose: handleClose });
  const heartbeat = createHeartbeat({ socket: socket.get, timeout: idleTimeout, onDead: dropConnection });

  function open(): void {
    clearTimeout(retryTimer);
    socket.open();
    heartbeat.restart();
  }

  function handleData(data: unknown): void {
    heartbeat.restart();
    const frame = parseFrame(data);
    if (frame === undefined) return;
    if (frame.type === "connection_established") attempts = 0;
    listener.onFrame(frame);
    if (frame.type === "reconnect") dropConnection();
  }

  function handleClose(): void {
    heartbeat.stop();
    if (isClosed) return;
    listener.onLink("reconnecting");
    retryTimer = setTimeout(open, backoffDelay(attempts, options));
    attempts += 1;
  }

  function dropConnection(): void {
    socket.discard();
    handleClose();
  }

  function replaceConnection(link: "connecting" | "reconnecting"): void {
    socket.discard();
    attempts = 0;
    isClosed = false;
    listener.onLink(link);
    open();
  }

  function reconnect(): void {
    if (!isClosed && socket.get()?.readyState !== WebSocket.OPEN) replaceConnection("reconnecting");
  }

  function stop(): void {
    clearTimeout(retryTimer);
    heartbeat.stop();
    socket.discard();
  }

  const unwatchNetwork = watchNetwork(network, reconnect, () => {
    stop();
    listener.onLink("offline");
  });
  listener.onLink("connecting");
  open();

  return {
    send: (frame) => sendFrame(socket.get(), frame),
    reconnect,
    renew: () => replaceConnection("connecting"),
    retry: dropConnection,
    suspend() {
      isClosed = true;
      stop();
      listener.onLink("reconnecting");
    },
    close() {
      isClosed = true;
      stop();
      unwatchNetwork();
    },
  };
}

/** Calls the listeners when the browser gains or loses network access. Returns a function that stops it. */
function watchNetwork(
  network: EventTarget | undefined,
  onOnline: () => void,
  onOffline: () => void,
): () => void {
  network?.addEventListener("online", onOnline);
  network?.addEventListener("offline", onOffline);
  return () => {
    network?.removeEventListener("online", onOnline);
    network?.removeEventListener("offline", onOffline);
  };
}

function sendFrame(socket: WebSocket | undefined, frame: ClientFrame): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  // Arguments that a person changed may have integers beyond 2^53.
  socket.send(frame.type === "edit" ? stringifyExact(frame) : JSON.stringify(frame));
  return true;
}

/** Returns the delay in milliseconds. Half of it is random, so that many pages do not reconnect at the same moment. */
function backoffDelay(attempts: number, options: ConnectionOptions): number {
  const { delay = 500, maxDelay = 15_000, random = Math.random } = options;
  return Math.min(maxDelay, delay * 2 ** attempts) * (0.5 + random() / 2);
}

/** Returns undefined when the data is not a frame that this page reads. */
function parseFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const frame = parseExact(data);
    return isServerFrame(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}
