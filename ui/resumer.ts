/** Sends `resume` frames: limits the wait for a response, and sends again after a temporary failure. */

export interface Resumer {
  /** Sends the frame now. */
  start(): void;
  /** Sends the frame again after `delayMs` milliseconds. */
  retryAfter(delayMs: number): void;
  cancel(): void;
}

export interface ResumerOptions {
  /** Sends the frame. Returns false if there is no session to resume. */
  readonly send: () => boolean;
  /** Called when the server has not responded in time. */
  readonly onTimeout: () => void;
  /** Milliseconds. */
  readonly timeout: number;
}

export function createResumer({ send, onTimeout, timeout }: ResumerOptions): Resumer {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function schedule(task: () => void, delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(task, delayMs);
  }

  function start(): void {
    if (send()) schedule(onTimeout, timeout);
  }

  return {
    start,
    retryAfter: (delayMs) => schedule(start, delayMs),
    cancel: () => clearTimeout(timer),
  };
}
