/** What a change makes of a session, where a store holds the session whole. */
import type { OpenTurn } from "../chat/types.ts";
import type { Change, Session } from "./types.ts";

export function changed(session: Session, change: Change): Session {
  return {
    ...session,
    updatedAt: change.at,
    title: change.title ?? session.title,
    model: change.model ?? session.model,
    allowed: change.allowed ?? session.allowed,
    seq: change.seq ?? session.seq,
    spent: change.spent ?? session.spent,
    turn: change.turn === undefined ? session.turn : (change.turn ?? undefined),
  };
}

/** Until when nobody may take the session away: a person is asked. */
export function waitsUntil(turn: OpenTurn | null | undefined): string | undefined {
  return turn?.status === "waiting" ? turn.approval.expiresAt : undefined;
}
