/** Counts the turns of sessions, for metrics. */
import type { LiveSession } from "./live-session.ts";

export interface TurnCounts {
  readonly running: number;
  /** Messages that wait for the turn before them. */
  readonly queued: number;
  /** Turns that wait for an approval. */
  readonly waiting: number;
}

export function countTurns(
  sessions: Iterable<Pick<LiveSession, "isRunning" | "queueLength" | "state">>,
): TurnCounts {
  const counts = { running: 0, queued: 0, waiting: 0 };
  for (const { isRunning, queueLength, state } of sessions) {
    if (isRunning) counts.running += 1;
    if (state.name === "awaiting-approval") counts.waiting += 1;
    counts.queued += queueLength;
  }
  return counts;
}
