/** Stops a turn whose client has left it for its next message. */

/** The command to other processes. */
export const STOP_ABANDONED = "stop_abandoned";

const POLLS = 12;
const POLL_MS = 25;

export interface AbandonedTurnPorts {
  isRunning(): boolean;
  /** Returns whether a client follows the turn. */
  hasFollowers(): boolean;
  stop(): void;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Stops the turn if nobody follows it. A client that has just disconnected may count as a follower for a moment. */
export async function stopAbandonedTurn(ports: AbandonedTurnPorts): Promise<void> {
  for (let poll = 0; ports.isRunning() && poll < POLLS; poll++) {
    if (!ports.hasFollowers()) return ports.stop();
    await ports.sleep(POLL_MS, NEVER_ABORTED);
  }
}

const NEVER_ABORTED = new AbortController().signal;
