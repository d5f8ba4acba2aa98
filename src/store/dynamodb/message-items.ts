/**
 * The items of a session's messages. A batch of messages is put before the session's item names it. A batch of a write that
 * failed is never named, and expires.
 */
import type { Message, SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { parseStored, sessionNotFound } from "../errors.ts";
import { type Item, integer, readString, text } from "./attributes.ts";
import { partSuffix, splitIntoParts } from "./parts.ts";
import type { SessionMeta } from "./session-item.ts";

/** Returns the common prefix of all messages since the session was created or cleared. */
export function messagePrefix(epoch: string): string {
  return `message ${epoch} `;
}

export function messageKey(epoch: string, position: number): string {
  return `${messagePrefix(epoch)}${`${position}`.padStart(10, "0")}`;
}

/** Messages that are appended together, and where. */
export interface MessageBatch {
  readonly name: string;
  /** The name of the previous batch. */
  readonly before: string;
  readonly epoch: string;
  readonly position: number;
  /** Seconds since 1970. */
  readonly expires: number;
}

export function createMessageItems(
  id: SessionId,
  messages: readonly Message[],
  batch: MessageBatch,
): readonly Item[] {
  const { name, before, epoch, position, expires } = batch;
  return messages.flatMap((message, index) =>
    splitIntoParts(stringifyJson(message)).map((part, number) => ({
      pk: text(id),
      sk: text(`${messageKey(epoch, position + index)} ${name} ${partSuffix(number)}`),
      json: text(part),
      batch: text(name),
      ...(index === 0 && { before: text(before) }),
      expires: integer(expires),
    })),
  );
}

/** Returns the name of the batch with the message at a position; undefined when a write that failed has left another one there. */
export function findOnlyBatch(items: readonly Item[], epoch: string, position: number): string | undefined {
  const key = messageKey(epoch, position);
  const names = items
    .filter((item) => readString(item, "sk").startsWith(key))
    .map((item) => readString(item, "batch"));
  return new Set(names).size === 1 ? names[0] : undefined;
}

type MessagesMeta = Pick<SessionMeta, "epoch" | "count" | "tail">;

/** The items of messages in descending order, the newest first. */
type ItemsDescending = AsyncIterable<Item> | Iterable<Item>;

/** A stored message, and the batch that it belongs to. */
interface WalkedMessage {
  readonly json: string;
  readonly batch: string;
}

/**
 * Yields the messages from items in descending order, the newest first. The session's item names the last batch, and the first
 * message of each batch names the one before it. Items of other batches are ignored.
 */
async function* walkMessages(
  { epoch, count, tail }: MessagesMeta,
  items: ItemsDescending,
): AsyncGenerator<WalkedMessage> {
  let batch = tail;
  let parts: string[] = [];
  let before: string | undefined;
  let position = count - 1;
  for await (const item of items) {
    const sortKey = readString(item, "sk");
    if (parts.length > 0 && !sortKey.startsWith(messageKey(epoch, position))) {
      yield { json: parts.reverse().join(""), batch };
      parts = [];
      batch = before ?? batch;
      before = undefined;
      position -= 1;
    }
    if (readString(item, "batch") !== batch || !sortKey.startsWith(messageKey(epoch, position))) continue;
    parts.push(readString(item, "json"));
    before = item.before?.S;
  }
  if (parts.length > 0) yield { json: parts.reverse().join(""), batch };
}

/**
 * Returns the last `limit` messages from items in descending order.
 * @throws AppError `session_not_found` when a message is missing or unreadable.
 */
export async function collectMessages(
  id: SessionId,
  meta: MessagesMeta,
  limit: number,
  items: ItemsDescending,
): Promise<Message[]> {
  const found = (await takeMessages(id, meta, limit, items)).map(({ json }) =>
    parseStored<Message>(id, json),
  );
  return found.reverse();
}

/**
 * Returns the name of the batch that the oldest of the last `limit` messages belongs to.
 * @throws AppError `session_not_found` when a message is missing.
 */
export async function findBatch(
  id: SessionId,
  meta: MessagesMeta,
  limit: number,
  items: ItemsDescending,
): Promise<string> {
  return (await takeMessages(id, meta, limit, items)).at(-1)?.batch ?? meta.tail;
}

async function takeMessages(
  id: SessionId,
  meta: MessagesMeta,
  limit: number,
  items: ItemsDescending,
): Promise<readonly WalkedMessage[]> {
  const found: WalkedMessage[] = [];
  for await (const message of walkMessages(meta, items)) {
    found.push(message);
    if (found.length === limit) return found;
  }
  throw sessionNotFound(`session ${id}: stored messages are missing`);
}
