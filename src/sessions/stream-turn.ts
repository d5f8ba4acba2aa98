/** One question over one request: what dialects do that have no connection of their own to a session. */

import type { LoggedEvent } from "../events/event-log.ts";
import { EventQueue, endsOrSuspendsTurn } from "../events/event-queue.ts";
import type { TurnRequest } from "../turns/turn-request.ts";
import type { LiveSession } from "./live-session.ts";
import type { SessionRegistry } from "./session-registry.ts";

/**
 * What is told of the question's turn, notices included, until it has ended or waits for a person (`waits`: until it has ended).
 * Aborting `signal`, or leaving the loop, stops the turn; what was said is kept.
 * @throws AppError as {@link LiveSession.submit} does, before anything is yielded.
 */
export async function* streamTurn(
  sessions: Pick<SessionRegistry, "subscribe">,
  session: LiveSession,
  request: Omit<TurnRequest, "requestId">,
  signal: AbortSignal,
  { waitForApproval = false }: { readonly waitForApproval?: boolean } = {},
): AsyncGenerator<LoggedEvent, void> {
  const requestId = Symbol();
  let turnId: LoggedEvent["turnId"] | undefined;
  let state: "asked" | "waited" | "ended" = "asked";
  const queue = new EventQueue(
    (entry) => {
      if (entry.requestId === requestId) turnId = entry.turnId;
      if (entry.turnId !== turnId) return false;
      if (entry.event.type === "turn_waiting") state = "waited";
      if (entry.event.type === "turn_ended") state = "ended";
      return true;
    },
    waitForApproval ? ({ type }) => type === "turn_ended" : endsOrSuspendsTurn,
  );
  const unsubscribe = sessions.subscribe(session, queue);
  const stop = () => {
    // A turn that has waited goes on as nobody's in particular.
    if (state === "waited") void session.stop();
    else if (state === "asked") session.cancelRequest(requestId);
  };
  try {
    session.submit({ ...request, requestId });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    yield* queue;
  } finally {
    signal.removeEventListener("abort", stop);
    if (!queue.isOver) stop();
    unsubscribe();
  }
}
