/** One question over one request: what dialects do that have no connection of their own to a session. */
import type { Question } from "./question.ts";
import type { LiveSession } from "./session.ts";
import type { LiveSessions } from "./sessions.ts";
import type { Told } from "./story.ts";

/**
 * What is told of the question's turn, notices included, until it has ended or waits for a person. Aborting `signal`, or leaving the
 * loop, stops the turn; what was said is kept.
 * @throws AppError as {@link LiveSession.ask} does, before anything is yielded.
 */
export async function* askOnce(
  sessions: Pick<LiveSessions, "watch">,
  session: LiveSession,
  question: Omit<Question, "asker">,
  signal: AbortSignal,
): AsyncGenerator<Told, void> {
  const asker = Symbol();
  const arrived: Told[] = [];
  let turnId: Told["turnId"] | undefined;
  let wake = () => {};
  const leave = sessions.watch(session, {
    told(entry) {
      if (entry.asker === asker) turnId = entry.turnId;
      if (entry.turnId !== turnId) return;
      arrived.push(entry);
      wake();
    },
    cleared() {},
  });
  const stop = () => session.stopAsked(asker);
  let isOver = false;
  try {
    session.ask({ ...question, asker });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    while (!isOver) {
      for (const entry of arrived.splice(0)) {
        isOver = entry.event.type === "turn_ended" || entry.event.type === "turn_waiting";
        yield entry;
      }
      if (isOver) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      if (arrived.length === 0) await promise;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    if (!isOver) stop();
    leave();
  }
}
