/** Applies changes to sessions that a store holds as one object. */
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
    ...((change.feedback ?? session.feedback) && { feedback: change.feedback ?? session.feedback }),
    turn: change.turn === undefined ? session.turn : (change.turn ?? undefined),
  };
}

/** Returns the time until which the session must not expire because it waits for an approval. */
export function approvalDeadline(turn: OpenTurn | null | undefined): string | undefined {
  return turn?.status === "waiting" ? turn.approval.expiresAt : undefined;
}
