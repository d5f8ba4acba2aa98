/** One turn, followed in the session's story at the pace of whoever reads: nothing is kept for them beside the story itself. */
import { AppError } from "../errors.ts";
import type { LoggedEvent } from "../events/event-log.ts";
import type { LiveSession } from "./live-session.ts";
import type { SessionRegistry } from "./session-registry.ts";

/** Where to begin, and which turn. */
export interface TurnCursor {
  /** What came after this number. */
  readonly after: number;
  /** Unset: the turn that `asker` asked for. */
  readonly turnId?: LoggedEvent["turnId"];
  readonly requestId?: unknown;
  /** Requests for approval up to this number were answered already. */
  readonly decidedThrough?: number;
}

/**
 * Until the turn has ended or waits for a person. Leaving, or aborting `signal`, leaves the turn running for the grace.
 * @throws AppError `interrupted`: the reader is so slow that the story no longer reaches back to it.
 */
export async function* followTurn(
  sessions: Pick<SessionRegistry, "subscribe">,
  session: LiveSession,
  cursor: TurnCursor,
  signal: AbortSignal,
): AsyncGenerator<LoggedEvent, void> {
  let { after, turnId } = cursor;
  let wake = () => {};
  const unsubscribe = sessions.subscribe(session, { onEvent: () => wake(), onCleared: () => wake() });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  try {
    while (!signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const missed = await session.eventsAfter(after);
      if (!missed)
        throw new AppError("interrupted", "The answer went on without this client. Please resume.");
      for (const entry of missed) {
        after = entry.seq;
        if (cursor.requestId !== undefined && entry.requestId === cursor.requestId) turnId = entry.turnId;
        if (entry.turnId !== turnId) continue;
        const isWaiting = entry.event.type === "turn_waiting";
        if (isWaiting && entry.seq <= (cursor.decidedThrough ?? 0)) continue;
        yield entry;
        if (isWaiting || entry.event.type === "turn_ended" || signal.aborted) return;
      }
      if (missed.length === 0) await promise;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    unsubscribe();
  }
}
