/** Cuts the history of a session before a turn that replaces its end. Pure. */
import type { MessageId } from "../chat/types.ts";
import type { StoredSession } from "../store/types.ts";

interface CutHistory {
  /** The session with the messages before the cut. */
  readonly stored: StoredSession;
  /** The number of these messages, those that were not read included. */
  readonly replaceFrom: number;
}

/**
 * Cuts before a user message. The store is not changed: the first write of the turn replaces the rest. A history that is cut
 * at its beginning has no title, so that the turn gives it one. Returns undefined when the message is not there.
 */
export function cutHistory(
  { session, messages, skipped, summary }: StoredSession,
  before: MessageId,
): CutHistory | undefined {
  const index = messages.findIndex(({ id, role }) => id === before && role === "user");
  if (index === -1) return undefined;
  const replaceFrom = skipped + index;
  const stored = {
    session: replaceFrom === 0 ? { ...session, title: "" } : session,
    messages: messages.slice(0, index),
    skipped,
    ...(summary && summary.through <= replaceFrom && { summary }),
  };
  return { stored, replaceFrom };
}
