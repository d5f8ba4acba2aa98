/** Reads a session with its messages and its open turn. */
import type { SessionId } from "../../chat/types.ts";
import { parseStored } from "../errors.ts";
import type { MessageRange, Session, StoredSession, Summary } from "../types.ts";
import { type Item, type Key, readString, text } from "./attributes.ts";
import { isLive } from "./expiry.ts";
import { collectMessages, findOnlyBatch, messageKey } from "./message-items.ts";
import { decodeSession, readMeta, sessionKey } from "./session-item.ts";
import type { DynamoTable } from "./table.ts";
import type { DynamoStoreOptions } from "./types.ts";

export async function readSession(
  options: DynamoStoreOptions,
  id: SessionId,
  range: MessageRange,
): Promise<StoredSession | undefined> {
  const { table } = options;
  const item = await table.read(sessionKey(id));
  if (!isLive(item, options)) return undefined;
  const summary = item.summary?.S;
  return {
    session: await loadSession(table, item),
    ...(await loadMessages(table, item, range)),
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

/** Loads messages of a session. `skipped` is the number of older ones. */
export async function loadMessages(
  table: DynamoTable,
  item: Item,
  { newest = Number.POSITIVE_INFINITY, before = Number.POSITIVE_INFINITY }: MessageRange,
): Promise<Pick<StoredSession, "messages" | "skipped">> {
  const meta = readMeta(item);
  const end = Math.min(before, meta.count);
  const skipped = Math.max(0, end - newest);
  if (skipped === end) return { messages: [], skipped };
  const id = readString(item, "pk") as SessionId;
  const items =
    end === meta.count ? undefined : await Array.fromAsync(queryMessages(table, item, skipped, end));
  const tail = items && findOnlyBatch(items, meta.epoch, end - 1);
  if (items && tail !== undefined)
    return {
      messages: await collectMessages(id, { ...meta, count: end, tail }, end - skipped, items),
      skipped,
    };
  // Only the chain of batches from the last message on says which of several is the stored one.
  const all = await collectMessages(id, meta, meta.count - skipped, queryMessages(table, item, skipped));
  return { messages: all.slice(0, end - skipped), skipped };
}

/** Yields the items of the messages from a position on, or of those before `end`, the newest first. */
export function queryMessages(
  table: DynamoTable,
  item: Item,
  from: number,
  end = readMeta(item).count,
): AsyncGenerator<Item> {
  const { epoch } = readMeta(item);
  return table.query({
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :last",
    ExpressionAttributeValues: {
      ":pk": text(readString(item, "pk")),
      ":first": text(messageKey(epoch, from)),
      ":last": text(`${messageKey(epoch, end - 1)}~`),
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
