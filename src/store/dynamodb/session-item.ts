/**
 * The item of a session. It says which of the session's other items count: the messages and the parts of a long open turn
 * (message-items.ts, open-turn.ts).
 */
import type { CallerId } from "../../access/types.ts";
import type { OpenTurn, SessionId } from "../../chat/types.ts";
import { parseStored } from "../errors.ts";
import type { Session, SessionChange } from "../types.ts";
import { createName, type Item, integer, json, type Key, readString, text } from "./attributes.ts";

/** All attributes except those of a lease. */
export const SESSION_ATTRIBUTES = [
  "owner",
  "createdBy",
  "createdAt",
  "updatedAt",
  "updated",
  "title",
  "model",
  "allowed",
  "seq",
  "spent",
  "feedback",
  "turn",
  "turnAt",
  "label",
  "waitsUntil",
  "summary",
  "lastMessage",
  "epoch",
  "count",
  "tail",
  "messagesExpire",
] as const;

export function sessionKey(id: SessionId): Key {
  return { pk: text(id), sk: text("session") };
}

/** The attributes of a session's item that describe its other items. */
export interface SessionMeta {
  /** Changes when the session is cleared. */
  readonly epoch: string;
  readonly count: number;
  /** The name of the last batch of messages. */
  readonly tail: string;
  readonly lastMessage: string | undefined;
  /** The expiry of the messages' items, in seconds. It is later than the session's, so that few writes have to update them all. */
  readonly messagesExpire: number;
  /** The sort-key prefix of a long open turn. */
  readonly turnAt: string | undefined;
}

export function readMeta(item: Item): SessionMeta {
  return {
    epoch: readString(item, "epoch"),
    count: Number(item.count?.N ?? 0),
    tail: readString(item, "tail"),
    lastMessage: item.lastMessage?.S,
    messagesExpire: Number(item.messagesExpire?.N ?? 0),
    turnAt: item.turnAt?.S,
  };
}

/** Returns the attributes of a session without messages and without a summary. */
export function emptyHistory() {
  return {
    summary: undefined,
    lastMessage: undefined,
    epoch: text(createName()),
    count: integer(0),
    tail: text("-"),
  };
}

/** A change without its messages and turn, which have encodings of their own. */
type FieldChange = Omit<SessionChange, "turn" | "messages" | "model" | "replaceFrom"> & {
  readonly model?: string | undefined;
};

export function encodeFields(
  id: SessionId,
  { at, title, model, allowed, seq, spent, feedback }: FieldChange,
): Readonly<Item> {
  return {
    updatedAt: text(at),
    updated: text(`${at} ${id}`),
    ...(title !== undefined && { title: json(title) }),
    ...(model !== undefined && { model: json(model) }),
    ...(allowed !== undefined && { allowed: json(allowed) }),
    ...(seq !== undefined && { seq: integer(seq) }),
    ...(spent !== undefined && { spent: json(spent) }),
    ...(feedback !== undefined && { feedback: json(feedback) }),
  };
}

/**
 * Decodes a session.
 * @param longTurn the JSON of a turn that is stored in items of its own.
 * @throws AppError `session_not_found` when it is unreadable.
 */
export function decodeSession(item: Item, longTurn?: string): Session {
  const id = readString(item, "pk") as SessionId;
  const turn = item.turn?.S ?? longTurn;
  return {
    id,
    owner: readString(item, "owner") as CallerId,
    ...(item.createdBy?.S !== undefined && {
      createdBy: parseStored<Session["createdBy"]>(id, item.createdBy.S),
    }),
    createdAt: readString(item, "createdAt"),
    updatedAt: readString(item, "updatedAt"),
    title: parseStored(id, readString(item, "title")),
    ...(item.model?.S !== undefined && { model: parseStored<string>(id, item.model.S) }),
    allowed: parseStored(id, readString(item, "allowed")),
    seq: Number(item.seq?.N),
    spent: parseStored(id, readString(item, "spent")),
    ...(item.feedback?.S !== undefined && {
      feedback: parseStored<Session["feedback"]>(id, item.feedback.S),
    }),
    ...(turn !== undefined && { turn: parseStored<OpenTurn>(id, turn) }),
    ...(item.label?.S !== undefined && { label: parseStored<string>(id, item.label.S) }),
  };
}
