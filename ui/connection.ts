/** The socket: opens it, opens it again when it is gone, and notices when it is dead without saying so. */
import { parseExact } from "./json/exact.ts";
import { type ClientFrame, isServerFrame, type ServerFrame } from "./protocol.ts";

export interface ConnectionListener {
  onFrame(frame: ServerFrame): void;
  /** `connecting`: because it is wanted, not because one was lost. `offline`: the browser has no network, and it is waited for. */
  onLink(link: "connecting" | "reconnecting" | "offline"): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly listener: ConnectionListener;
  /** Tells `online` and `offline`: the window. */
  readonly network?: EventTarget;
  /** Milliseconds before the first attempt to come back; doubled each time, up to `maxDelay`. */
  readonly delay?: number;
  readonly maxDelay?: number;
  /** Milliseconds of silence after which the server is asked for a sign of life; as long again, and it is given up. */
  readonly idleTimeout?: number;
  /** 0 to 1. */
  readonly random?: () => number;
}

export interface Connection {
  /** False: there is no open socket, the frame was not sent. */
  send(frame: ClientFrame): boolean;
  /** Tries at once, whatever the back-off says. */
  reconnect(): void;
  /** Takes a new connection in place of this one, whatever that is doing. */
  renew(): void;
  /** Gives this connection up and comes back as after a loss. */
  retry(): void;
  close(): void;
}

export function connect(options: ConnectionOptions): Connection {
  const { url, listener, network, delay = 500, maxDelay = 15_000, idleTimeout = 25_000 } = options;
  const { random = Math.random } = options;
  let socket: WebSocket | undefined;
  let attempts = 0;
  let isClosed = false;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    clearTimeout(retryTimer);
    const current = new WebSocket(url);
    socket = current;
    current.onmessage = (event) => {
      if (socket !== current) return;
      restartIdleTimer();
      handleMessage(event.data);
    };
    current.onclose = () => {
      if (socket === current) handleClose();
    };
    restartIdleTimer();
  }

  function handleMessage(data: unknown): void {
    if (typeof data !== "string") return;
    const frame = tryParse(data);
    if (!isServerFrame(frame)) return;
    if (frame.type === "connection_established") attempts = 0;
    listener.onFrame(frame);
    if (frame.type === "reconnect") dropConnection();
  }

  function handleClose(): void {
    socket = undefined;
    clearTimeout(idleTimer);
    if (isClosed) return;
    listener.onLink("reconnecting");
    // Half of it jittered: a thousand pages do not come back in the same moment.
    const delayMs = Math.min(maxDelay, delay * 2 ** attempts) * (0.5 + random() / 2);
    attempts += 1;
    retryTimer = setTimeout(open, delayMs);
  }

  function dropConnection(): void {
    const old = socket;
    socket = undefined;
    old?.close();
    handleClose();
  }

  function restartIdleTimer(): void {
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      const unsent = socket?.bufferedAmount ?? 0;
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ping" }));
      idleTimer = setTimeout(() => {
        // Large files on a slow line: the server cannot answer before they are there.
        const left = socket?.bufferedAmount ?? 0;
        if (left < unsent) restartIdleTimer();
        else dropConnection();
      }, idleTimeout);
    }, idleTimeout);
  }

  function reconnect(): void {
    if (isClosed || socket?.readyState === WebSocket.OPEN) return;
    replace("reconnecting");
  }

  function replace(link: "connecting" | "reconnecting"): void {
    const old = socket;
    socket = undefined;
    old?.close();
    attempts = 0;
    listener.onLink(link);
    open();
  }

  function onOffline(): void {
    const old = socket;
    socket = undefined;
    clearTimeout(retryTimer);
    clearTimeout(idleTimer);
    old?.close();
    listener.onLink("offline");
  }

  network?.addEventListener("online", reconnect);
  network?.addEventListener("offline", onOffline);
  listener.onLink("connecting");
  open();

  return {
    send(frame) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    reconnect,
    renew: () => replace("connecting"),
    retry: dropConnection,
    close() {
      isClosed = true;
      clearTimeout(retryTimer);
      clearTimeout(idleTimer);
      network?.removeEventListener("online", reconnect);
      network?.removeEventListener("offline", onOffline);
      socket?.close();
    },
  };
}

function tryParse(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
