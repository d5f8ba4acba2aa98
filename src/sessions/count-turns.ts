/** Counts the turns of sessions, for metrics. */
import type { LiveSession } from "./live-session.ts";

export interface SessionsInMemory {
  readonly sessions: ReadonlyMap<string, Pick<LiveSession, "isRunning" | "queueLength" | "state">>;
  /** The number of turns that belong to no session. */
  readonly statelessTurns: number;
}

export interface TurnCounts {
  readonly running: number;
  /** Messages that wait for the turn before them. */
  readonly queued: number;
  /** Turns that wait for an approval. */
  readonly waiting: number;
}

export function countTurns({ sessions, statelessTurns }: SessionsInMemory): TurnCounts {
  const counts = { running: statelessTurns, queued: 0, waiting: 0 };
  for (const { isRunning, queueLength, state } of sessions.values()) {
    if (isRunning) counts.running += 1;
    if (state.name === "awaiting-approval") counts.waiting += 1;
    counts.queued += queueLength;
  }
  return counts;
}
