/** Finds the other ways in which a conversation went on. Pure. */
import type { SessionFrame } from "../protocol.ts";

export interface Alternatives {
  /** The conversations, oldest first. */
  readonly sessions: readonly string[];
  /** The position of the one that is open. */
  readonly at: number;
}

/**
 * Returns the conversations that are the same up to a user message and have different messages there. Undefined if there is only
 * one. `after` is the id of the user message before, null for the first message.
 */
export function findAlternatives(
  sessions: readonly SessionFrame[],
  current: string | undefined,
  after: string | null,
): Alternatives | undefined {
  if (current === undefined) return undefined;
  const byId = new Map(sessions.map((session) => [session.session_id, session]));
  const originOf = (id: string) => byId.get(id)?.branch?.session_id;
  const rootOf = (id: string): string => lineOf(id, originOf).at(-1) ?? id;
  const branches = sessions.filter(
    ({ session_id, branch }) =>
      branch !== undefined && branch.after === after && rootOf(session_id) === rootOf(current),
  );
  const ids = new Set(branches.flatMap(({ session_id, branch }) => [branch?.session_id ?? "", session_id]));
  const createdAt = (id: string) => byId.get(id)?.created_at ?? "";
  const ordered = [...ids].sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
  // A branch of a later message has the same message here as the conversation that it left.
  const shown = lineOf(current, originOf).find((id) => ids.has(id));
  return shown === undefined ? undefined : { sessions: ordered, at: ordered.indexOf(shown) };
}

/** Returns a conversation and those that it is a copy of, the nearest first. */
function lineOf(id: string, originOf: (id: string) => string | undefined): readonly string[] {
  const line = [id];
  for (let next = originOf(id); next !== undefined && !line.includes(next); next = originOf(next))
    line.push(next);
  return line;
}
