/** What a change makes of a session, where a store holds the session whole. */
import type { OpenTurn } from "../chat/types.ts";
import type { Session, SessionChange } from "./types.ts";

export function applyChange(session: Session, change: SessionChange): Session {
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
export function approvalDeadline(turn: OpenTurn | null | undefined): string | undefined {
  return turn?.status === "waiting" ? turn.approval.expiresAt : undefined;
}
