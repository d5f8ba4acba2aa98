/** Detects a connection that is dead although its socket is still open. */

export interface HeartbeatOptions {
  readonly socket: () => WebSocket | undefined;
  /** Milliseconds of silence before a ping is sent, and again before the connection counts as dead. */
  readonly timeout: number;
  readonly onDead: () => void;
}

export interface Heartbeat {
  /** Starts the wait again: the server has sent something. */
  restart(): void;
  stop(): void;
}

export function createHeartbeat({ socket, timeout, onDead }: HeartbeatOptions): Heartbeat {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function restart(): void {
    clearTimeout(timer);
    timer = setTimeout(ping, timeout);
  }

  function ping(): void {
    const current = socket();
    const unsentBytes = current?.bufferedAmount ?? 0;
    if (current?.readyState === WebSocket.OPEN) current.send(JSON.stringify({ type: "ping" }));
    timer = setTimeout(() => {
      // A large upload on a slow connection delays the ping. As long as it progresses, the connection is alive.
      const remainingBytes = socket()?.bufferedAmount ?? 0;
      if (remainingBytes < unsentBytes) restart();
      else onDead();
    }, timeout);
  }

  return { restart, stop: () => clearTimeout(timer) };
}
