/** One question over one request: what dialects do that have no connection of their own to a session. */

import type { Told } from "../events/event-log.ts";
import { Feed, isLastForNow } from "../events/event-queue.ts";
import type { Question } from "../turns/turn-request.ts";
import type { LiveSession } from "./live-session.ts";
import type { LiveSessions } from "./session-registry.ts";

/**
 * What is told of the question's turn, notices included, until it has ended or waits for a person (`waits`: until it has ended).
 * Aborting `signal`, or leaving the loop, stops the turn; what was said is kept.
 * @throws AppError as {@link LiveSession.ask} does, before anything is yielded.
 */
export async function* askOnce(
  sessions: Pick<LiveSessions, "watch">,
  session: LiveSession,
  question: Omit<Question, "asker">,
  signal: AbortSignal,
  { waits = false }: { readonly waits?: boolean } = {},
): AsyncGenerator<Told, void> {
  const asker = Symbol();
  let turnId: Told["turnId"] | undefined;
  let state: "asked" | "waited" | "ended" = "asked";
  const feed = new Feed(
    (entry) => {
      if (entry.asker === asker) turnId = entry.turnId;
      if (entry.turnId !== turnId) return false;
      if (entry.event.type === "turn_waiting") state = "waited";
      if (entry.event.type === "turn_ended") state = "ended";
      return true;
    },
    waits ? ({ type }) => type === "turn_ended" : isLastForNow,
  );
  const leave = sessions.watch(session, feed);
  const stop = () => {
    // A turn that has waited goes on as nobody's in particular.
    if (state === "waited") void session.stop();
    else if (state === "asked") session.stopAsked(asker);
  };
  try {
    session.ask({ ...question, asker });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    yield* feed;
  } finally {
    signal.removeEventListener("abort", stop);
    if (!feed.isOver) stop();
    leave();
  }
}
