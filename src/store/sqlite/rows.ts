/** Converts sessions to rows of the SQLite tables and back. JSON is stored as text. */
import type { CallerId } from "../../access/types.ts";
import type { Message, SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { approvalDeadline } from "../change.ts";
import { parseStored } from "../errors.ts";
import { foldCase, searchableText } from "../search-text.ts";
import type { Session, SessionChange } from "../types.ts";

export interface SessionRow {
  readonly number: number;
  readonly id: string;
  readonly owner: string;
  readonly createdBy: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly title: string;
  readonly model: string | null;
  readonly allowed: string;
  readonly seq: number;
  readonly spent: string;
  readonly turn: string | null;
  readonly feedback: string | null;
  readonly label: string | null;
  readonly summary: string | null;
  readonly messageCount: number;
}

/** The columns that a write needs to append messages. */
export type HistoryRow = {
  readonly number: number;
  readonly messageCount: number;
  readonly lastMessage: string | null;
};

export function encodeSession(session: Session) {
  const {
    id,
    owner,
    createdBy,
    createdAt,
    updatedAt,
    title,
    model,
    allowed,
    seq,
    spent,
    feedback,
    turn,
    label,
  } = session;
  return {
    id,
    owner,
    createdBy: createdBy ? stringifyJson(createdBy) : null,
    createdAt,
    updatedAt,
    title,
    foldedTitle: foldCase(title),
    model: model ?? null,
    allowed: stringifyJson(allowed),
    seq,
    spent: stringifyJson(spent),
    feedback: feedback ? stringifyJson(feedback) : null,
    turn: turn ? stringifyJson(turn) : null,
    waitsUntil: approvalDeadline(turn) ?? null,
    label: label ?? null,
  };
}

/** Returns the values of a change. Null leaves a column as it is; `hasTurn` is 1 to replace the turn. */
export function encodeChange({ at, title, model, allowed, seq, spent, feedback, turn }: SessionChange) {
  return {
    at,
    title: title ?? null,
    foldedTitle: title === undefined ? null : foldCase(title),
    model: model ?? null,
    allowed: allowed ? stringifyJson(allowed) : null,
    seq: seq ?? null,
    spent: spent ? stringifyJson(spent) : null,
    feedback: feedback ? stringifyJson(feedback) : null,
    hasTurn: turn === undefined ? (0 as const) : (1 as const),
    turn: turn ? stringifyJson(turn) : null,
    waitsUntil: approvalDeadline(turn) ?? null,
  };
}

export function encodeMessage(message: Message) {
  return { said: searchableText(message) ?? null, json: stringifyJson(message) };
}

/** @throws AppError `session_not_found` when the stored data is unreadable. */
export function decodeSession(row: SessionRow): Session {
  const id = row.id as SessionId;
  return {
    id,
    owner: row.owner as CallerId,
    ...(row.createdBy !== null && { createdBy: parseStored(id, row.createdBy) }),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    title: row.title,
    ...(row.model !== null && { model: row.model }),
    allowed: parseStored(id, row.allowed),
    seq: row.seq,
    spent: parseStored(id, row.spent),
    ...(row.feedback !== null && { feedback: parseStored(id, row.feedback) }),
    ...(row.turn !== null && { turn: parseStored(id, row.turn) }),
    ...(row.label !== null && { label: row.label }),
  };
}
