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
  readonly silence?: number;
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
  const { url, listener, network, delay = 500, maxDelay = 15_000, silence = 25_000 } = options;
  const { random = Math.random } = options;
  let socket: WebSocket | undefined;
  let attempts = 0;
  let closed = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    clearTimeout(retry);
    const mine = new WebSocket(url);
    socket = mine;
    mine.onmessage = (event) => {
      if (socket !== mine) return;
      watchSilence();
      received(event.data);
    };
    mine.onclose = () => {
      if (socket === mine) lost();
    };
    watchSilence();
  }

  function received(data: unknown): void {
    if (typeof data !== "string") return;
    const frame = parsed(data);
    if (!isServerFrame(frame)) return;
    if (frame.type === "connection_established") attempts = 0;
    listener.onFrame(frame);
    if (frame.type === "reconnect") drop();
  }

  function lost(): void {
    socket = undefined;
    clearTimeout(watch);
    if (closed) return;
    listener.onLink("reconnecting");
    // Half of it jittered: a thousand pages do not come back in the same moment.
    const wait = Math.min(maxDelay, delay * 2 ** attempts) * (0.5 + random() / 2);
    attempts += 1;
    retry = setTimeout(open, wait);
  }

  function drop(): void {
    const old = socket;
    socket = undefined;
    old?.close();
    lost();
  }

  function watchSilence(): void {
    clearTimeout(watch);
    watch = setTimeout(() => {
      const unsent = socket?.bufferedAmount ?? 0;
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ping" }));
      watch = setTimeout(() => {
        // Large files on a slow line: the server cannot answer before they are there.
        const left = socket?.bufferedAmount ?? 0;
        if (left < unsent) watchSilence();
        else drop();
      }, silence);
    }, silence);
  }

  function reconnect(): void {
    if (closed || socket?.readyState === WebSocket.OPEN) return;
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
    clearTimeout(retry);
    clearTimeout(watch);
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
    retry: drop,
    close() {
      closed = true;
      clearTimeout(retry);
      clearTimeout(watch);
      network?.removeEventListener("online", reconnect);
      network?.removeEventListener("offline", onOffline);
      socket?.close();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
