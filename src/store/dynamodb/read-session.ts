/** Reads a session with its messages and its open turn. */
import type { Message, SessionId } from "../../chat/types.ts";
import { parseStored } from "../errors.ts";
import type { Session, StoredSession, Summary } from "../types.ts";
import { type Item, type Key, readString, text } from "./attributes.ts";
import { isLive } from "./expiry.ts";
import { collectMessages, messageKey } from "./message-items.ts";
import { decodeSession, readMeta, sessionKey } from "./session-item.ts";
import type { DynamoTable } from "./table.ts";
import type { DynamoStoreOptions } from "./types.ts";

export async function readSession(
  options: DynamoStoreOptions,
  id: SessionId,
  newest: number,
): Promise<StoredSession | undefined> {
  const { table } = options;
  const item = await table.read(sessionKey(id));
  if (!isLive(item, options)) return undefined;
  const messages = await loadMessages(table, item, newest);
  const summary = item.summary?.S;
  return {
    session: await loadSession(table, item),
    messages,
    skipped: readMeta(item).count - messages.length,
    ...(summary !== undefined && { summary: parseStored<Summary>(id, summary) }),
  };
}

/** Decodes a session's item. Loads the open turn when it is stored in items of its own. */
export async function loadSession(table: DynamoTable, item: Item): Promise<Session> {
  const { turnAt } = readMeta(item);
  if (turnAt === undefined) return decodeSession(item);
  const parts = await Array.fromAsync(queryByPrefix(table, item, turnAt, { ConsistentRead: true }));
  return decodeSession(item, parts.map((part) => readString(part, "json")).join(""));
}

/** Loads the last `newest` messages of a session. */
export async function loadMessages(
  table: DynamoTable,
  item: Item,
  newest: number,
): Promise<readonly Message[]> {
  const meta = readMeta(item);
  const limit = Math.min(newest, meta.count);
  if (limit === 0) return [];
  const items = queryMessages(table, item, meta.count - limit);
  return collectMessages(readString(item, "pk") as SessionId, meta, limit, items);
}

/** Yields the items of the messages from a position on, the newest first. */
export function queryMessages(table: DynamoTable, item: Item, from: number): AsyncGenerator<Item> {
  const { epoch, count } = readMeta(item);
  return table.query({
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :last",
    ExpressionAttributeValues: {
      ":pk": text(readString(item, "pk")),
      ":first": text(messageKey(epoch, from)),
      ":last": text(`${messageKey(epoch, count - 1)}~`),
    },
    ScanIndexForward: false,
    ConsistentRead: true,
  });
}

/** Returns the keys of a session's items whose sort keys begin with one of the prefixes. */
export async function findKeys(
  table: DynamoTable,
  item: Item,
  prefixes: readonly (string | undefined)[],
): Promise<readonly Key[]> {
  const keys: Key[] = [];
  for (const prefix of prefixes)
    if (prefix !== undefined)
      for await (const { pk, sk } of queryByPrefix(table, item, prefix, { ProjectionExpression: "pk, sk" }))
        keys.push({ pk: text(pk?.S ?? ""), sk: text(sk?.S ?? "") });
  return keys;
}

function queryByPrefix(
  table: DynamoTable,
  item: Item,
  prefix: string,
  queryOptions: { readonly ConsistentRead?: boolean; readonly ProjectionExpression?: string },
): AsyncGenerator<Item> {
  return table.query({
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
    ExpressionAttributeValues: { ":pk": text(readString(item, "pk")), ":prefix": text(prefix) },
    ...queryOptions,
  });
}
