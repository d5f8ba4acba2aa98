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
const PART = 120_000;
/** Characters of an open turn that may lie in the session's own item, which every write pays for. */
const SHORT = 4000;

export const text = (value: string) => ({ S: value });
export const integer = (value: number) => ({ N: `${value}` });
export const json = (value: unknown) => ({ S: stringifyJson(value) });

export function sessionKey(id: SessionId): Key {
  return { pk: text(id), sk: text("session") };
}

/** A name that nothing else in the table has. */
export function newName(): string {
  return crypto.randomUUID().slice(0, 13);
}

/** What is common to all messages since the session was created or cleared. */
export function messagesOf(epoch: string): string {
  return `message ${epoch} `;
}

export function placeOf(epoch: string, position: number): string {
  return `${messagesOf(epoch)}${`${position}`.padStart(10, "0")}`;
}

/** Messages that are added together, and what they stand behind. */
export interface Batch {
  readonly name: string;
  /** The name of the batch before it. */
  readonly before: string;
  readonly epoch: string;
  readonly position: number;
  readonly expires: number;
}

export function messageItems(id: SessionId, messages: readonly Message[], batch: Batch): readonly Item[] {
  const { name, before, epoch, position, expires } = batch;
  return messages.flatMap((message, index) =>
    partsOf(stringifyJson(message)).map((part, number) => ({
      pk: text(id),
      sk: text(`${placeOf(epoch, position + index)} ${name} ${`${number}`.padStart(5, "0")}`),
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
export async function messagesIn(
  id: SessionId,
  { epoch, count, tail }: Pick<Meta, "epoch" | "count" | "tail">,
  wanted: number,
  items: AsyncIterable<Item>,
): Promise<Message[]> {
  const found: Message[] = [];
  let name = tail;
  let parts: string[] = [];
  let before: string | undefined;
  let place = placeOf(epoch, count - 1);

  function take(): void {
    found.push(parseStored<Message>(id, parts.reverse().join("")));
    parts = [];
    name = before ?? name;
    before = undefined;
    place = placeOf(epoch, count - 1 - found.length);
  }

  for await (const item of items) {
    if (parts.length > 0 && !stringIn(item, "sk").startsWith(place)) take();
    if (found.length === wanted) break;
    if (stringIn(item, "batch") !== name || !stringIn(item, "sk").startsWith(place)) continue;
    parts.push(stringIn(item, "json"));
    before = item.before?.S;
  }
  if (parts.length > 0) take();
  if (found.length !== wanted) throw sessionNotFound(`of session ${id} not all messages are there any more`);
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
  const whole = stringifyJson(turn);
  if (whole.length <= SHORT) return { attributes: { turn: text(whole), turnAt: undefined }, items: [] };
  const prefix = turnsOf(newName());
  const items = partsOf(whole).map((part, number) => ({
    pk: text(id),
    sk: text(`${prefix}${`${number}`.padStart(5, "0")}`),
    json: text(part),
    expires: integer(expires),
  }));
  return { attributes: { turn: undefined, turnAt: text(prefix) }, items };
}

function turnsOf(name: string): string {
  return `turn ${name} `;
}

/** What a session's item says besides the session. */
export interface Meta {
  readonly epoch: string;
  readonly count: number;
  readonly tail: string;
  readonly lastMessage: string | undefined;
  /** When its messages' items expire: later than the session, so that not every write has to touch them all. */
  readonly messagesExpire: number;
  /** Where the parts of a long open turn are. */
  readonly turnAt: string | undefined;
}

export function metaOf(item: Item): Meta {
  return {
    epoch: stringIn(item, "epoch"),
    count: Number(item.count?.N ?? 0),
    tail: stringIn(item, "tail"),
    lastMessage: item.lastMessage?.S,
    messagesExpire: Number(item.messagesExpire?.N ?? 0),
    turnAt: item.turnAt?.S,
  };
}

/** @param longTurn its JSON, where it lies elsewhere. @throws AppError `session_not_found` when it cannot be read. */
export function sessionOf(item: Item, longTurn?: string): Session {
  const id = stringIn(item, "pk") as SessionId;
  const turn = item.turn?.S ?? longTurn;
  return {
    id,
    owner: stringIn(item, "owner") as CallerId,
    createdAt: stringIn(item, "createdAt"),
    updatedAt: stringIn(item, "updatedAt"),
    title: parseStored(id, stringIn(item, "title")),
    ...(item.model?.S !== undefined && { model: parseStored<string>(id, item.model.S) }),
    allowed: parseStored(id, stringIn(item, "allowed")),
    seq: Number(item.seq?.N),
    spent: parseStored(id, stringIn(item, "spent")),
    ...(turn !== undefined && { turn: parseStored<OpenTurn>(id, turn) }),
    ...(item.label?.S !== undefined && { label: parseStored<string>(id, item.label.S) }),
  };
}

export function stringIn(item: Item, attribute: string): string {
  return item[attribute]?.S ?? "";
}

function partsOf(whole: string): readonly string[] {
  const parts: string[] = [];
  for (let index = 0; index < whole.length; ) {
    let end = Math.min(index + PART, whole.length);
    // Half of a pair would not survive alone.
    if (/[\uD800-\uDBFF]/.test(whole[end - 1] ?? "")) end -= 1;
    parts.push(whole.slice(index, end));
    index = end;
  }
  return parts;
}
