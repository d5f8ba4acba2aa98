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

/**
 * Reads the last `limit` messages from items in descending order. The session's item names the last batch, and the first
 * message of each batch names the one before it. Items of other batches are ignored.
 * @throws AppError `session_not_found` when a message is missing or unreadable.
 */
export async function collectMessages(
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
  if (found.length !== limit) throw sessionNotFound(`session ${id}: stored messages are missing`);
  return found.reverse();
}
