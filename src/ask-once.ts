/** One question over one request: what dialects do that have no connection of their own to a session. */
import { Feed, isLastForNow } from "./feed.ts";
import type { Question } from "./question.ts";
import type { LiveSession } from "./session.ts";
import type { LiveSessions } from "./sessions.ts";
import type { Told } from "./story.ts";

/**
 * What is told of the question's turn, notices included, until it has ended or waits for a person, or whatever else `isLast`.
 * Aborting `signal`, or leaving the loop, stops the turn; what was said is kept.
 * @throws AppError as {@link LiveSession.ask} does, before anything is yielded.
 */
export async function* askOnce(
  sessions: Pick<LiveSessions, "watch">,
  session: LiveSession,
  question: Omit<Question, "asker">,
  signal: AbortSignal,
  isLast = isLastForNow,
): AsyncGenerator<Told, void> {
  const asker = Symbol();
  let turnId: Told["turnId"] | undefined;
  const feed = new Feed((entry) => {
    if (entry.asker === asker) turnId = entry.turnId;
    return entry.turnId === turnId;
  }, isLast);
  const leave = sessions.watch(session, feed);
  const stop = () => session.stopAsked(asker);
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
