import type { ServerResponse } from "node:http";

/** Milliseconds in which a client reads what was written. */
const PAUSE_MS = 20;

/**
 * Closes the connection in the middle of a body. Bun's `fetch` drops bytes that its thread has read, but not yet handed over, when the
 * body ends too early: the pauses let it hand them over.
 */
export async function resetConnection({ socket }: ServerResponse): Promise<void> {
  for (let count = 0; count < 2; count += 1) await Bun.sleep(PAUSE_MS);
  socket?.destroySoon();
}
