/**
 * How a session lies in the table. Its own item, `session`, says which of the others count: messages and long open turns lie
 * in items of their own, in parts where one item is too small, and are there before the session's item names them. Those of a
 * write that never got so far are named by nobody, and expire.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { CallerId } from "../../access/types.ts";
import type { Message, OpenTurn, SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { parseStored, sessionNotFound } from "../errors.ts";
import type { Session } from "../types.ts";
import type { Item, Key } from "./table.ts";

/** Characters of one part: three bytes each at most, and an item may have 400 KB. */
const MAX_PART_LENGTH = 120_000;
/** Characters of an open turn that may lie in the session's own item, which every write pays for. */
const MAX_INLINE_TURN_LENGTH = 4000;

export const text = (value: string) => ({ S: value });
export const integer = (value: number) => ({ N: `${value}` });
export const json = (value: unknown) => ({ S: stringifyJson(value) });

export function sessionKey(id: SessionId): Key {
  return { pk: text(id), sk: text("session") };
}

/** A name that nothing else in the table has. */
export function createName(): string {
  return crypto.randomUUID().slice(0, 13);
}

/** What is common to all messages since the session was created or cleared. */
export function messagePrefix(epoch: string): string {
  return `message ${epoch} `;
}

export function messageKey(epoch: string, position: number): string {
  return `${messagePrefix(epoch)}${`${position}`.padStart(10, "0")}`;
}

/** Messages that are added together, and what they stand behind. */
export interface MessageBatch {
  readonly name: string;
  /** The name of the batch before it. */
  readonly before: string;
  readonly epoch: string;
  readonly position: number;
  readonly expires: number;
}

export function messageItems(
  id: SessionId,
  messages: readonly Message[],
  batch: MessageBatch,
): readonly Item[] {
  const { name, before, epoch, position, expires } = batch;
  return messages.flatMap((message, index) =>
    splitIntoParts(stringifyJson(message)).map((part, number) => ({
      pk: text(id),
      sk: text(`${messageKey(epoch, position + index)} ${name} ${`${number}`.padStart(5, "0")}`),
      json: text(part),
      batch: text(name),
      ...(index === 0 && { before: text(before) }),
      expires: integer(expires),
    })),
  );
}

/**
 * The messages from the last one backwards, out of items in descending order. Only those count that the session names: its
 * newest batch, the one that says it was before that one, and so on.
 */
export async function readMessages(
  id: SessionId,
  { epoch, count, tail }: Pick<SessionMeta, "epoch" | "count" | "tail">,
  limit: number,
  items: AsyncIterable<Item>,
): Promise<Message[]> {
  const found: Message[] = [];
  let name = tail;
  let parts: string[] = [];
  let before: string | undefined;
  let keyPrefix = messageKey(epoch, count - 1);

  function finishMessage(): void {
    found.push(parseStored<Message>(id, parts.reverse().join("")));
    parts = [];
    name = before ?? name;
    before = undefined;
    keyPrefix = messageKey(epoch, count - 1 - found.length);
  }

  for await (const item of items) {
    if (parts.length > 0 && !readString(item, "sk").startsWith(keyPrefix)) finishMessage();
    if (found.length === limit) break;
    if (readString(item, "batch") !== name || !readString(item, "sk").startsWith(keyPrefix)) continue;
    parts.push(readString(item, "json"));
    before = item.before?.S;
  }
  if (parts.length > 0) finishMessage();
  if (found.length !== limit) throw sessionNotFound(`of session ${id} not all messages are there any more`);
  return found.reverse();
}

/** An open turn as attributes of the session's item, and the items that hold it when it is long. */
export function turnItems(
  id: SessionId,
  turn: OpenTurn | undefined,
  expires: number,
): {
  readonly attributes: Record<"turn" | "turnAt", AttributeValue | undefined>;
  readonly items: readonly Item[];
} {
  if (!turn) return { attributes: { turn: undefined, turnAt: undefined }, items: [] };
  const serialized = stringifyJson(turn);
  if (serialized.length <= MAX_INLINE_TURN_LENGTH)
    return { attributes: { turn: text(serialized), turnAt: undefined }, items: [] };
  const prefix = turnPrefix(createName());
  const items = splitIntoParts(serialized).map((part, number) => ({
    pk: text(id),
    sk: text(`${prefix}${`${number}`.padStart(5, "0")}`),
    json: text(part),
    expires: integer(expires),
  }));
  return { attributes: { turn: undefined, turnAt: text(prefix) }, items };
}

function turnPrefix(name: string): string {
  return `turn ${name} `;
}

/** What a session's item says besides the session. */
export interface SessionMeta {
  readonly epoch: string;
  readonly count: number;
  readonly tail: string;
  readonly lastMessage: string | undefined;
  /** When its messages' items expire: later than the session, so that not every write has to touch them all. */
  readonly messagesExpire: number;
  /** Where the parts of a long open turn are. */
  readonly turnAt: string | undefined;
}

export function metaOf(item: Item): SessionMeta {
  return {
    epoch: readString(item, "epoch"),
    count: Number(item.count?.N ?? 0),
    tail: readString(item, "tail"),
    lastMessage: item.lastMessage?.S,
    messagesExpire: Number(item.messagesExpire?.N ?? 0),
    turnAt: item.turnAt?.S,
  };
}

/** @param longTurn its JSON, where it lies elsewhere. @throws AppError `session_not_found` when it cannot be read. */
export function sessionOf(item: Item, longTurn?: string): Session {
  const id = readString(item, "pk") as SessionId;
  const turn = item.turn?.S ?? longTurn;
  return {
    id,
    owner: readString(item, "owner") as CallerId,
    createdAt: readString(item, "createdAt"),
    updatedAt: readString(item, "updatedAt"),
    title: parseStored(id, readString(item, "title")),
    ...(item.model?.S !== undefined && { model: parseStored<string>(id, item.model.S) }),
    allowed: parseStored(id, readString(item, "allowed")),
    seq: Number(item.seq?.N),
    spent: parseStored(id, readString(item, "spent")),
    ...(turn !== undefined && { turn: parseStored<OpenTurn>(id, turn) }),
    ...(item.label?.S !== undefined && { label: parseStored<string>(id, item.label.S) }),
  };
}

export function readString(item: Item, attribute: string): string {
  return item[attribute]?.S ?? "";
}

function splitIntoParts(serialized: string): readonly string[] {
  const parts: string[] = [];
  for (let index = 0; index < serialized.length; ) {
    let end = Math.min(index + MAX_PART_LENGTH, serialized.length);
    // Half of a pair would not survive alone.
    if (/[\uD800-\uDBFF]/.test(serialized[end - 1] ?? "")) end -= 1;
    parts.push(serialized.slice(index, end));
    index = end;
  }
  return parts;
}
