/** Lists and searches sessions through the index by owner. */
import type { CallerId } from "../../access/types.ts";
import type { SessionId } from "../../chat/types.ts";
import { isSessionNotFound } from "../errors.ts";
import { foldCase, matchesSearch } from "../search-text.ts";
import type { ListedSession, ListOptions } from "../types.ts";
import { type Item, readString, text } from "./attributes.ts";
import { isLive } from "./expiry.ts";
import { loadMessages, loadSession } from "./read-session.ts";
import { readMeta } from "./session-item.ts";
import type { DynamoTable } from "./table.ts";
import { BY_OWNER } from "./table-schema.ts";
import type { DynamoStoreOptions } from "./types.ts";

const MAX_PAGE_SIZE = 100;

export async function listSessions(
  options: DynamoStoreOptions,
  owner: CallerId,
  { limit, before, search = "" }: ListOptions,
): Promise<readonly ListedSession[]> {
  const searchText = foldCase(search);
  const found: ListedSession[] = [];
  if (limit === 0) return found;
  const items = options.table.query({
    IndexName: BY_OWNER,
    KeyConditionExpression: "#owner = :owner AND #updated < :before",
    ExpressionAttributeNames: { "#owner": "owner", "#updated": "updated" },
    ExpressionAttributeValues: {
      ":owner": text(owner),
      ":before": text(before ? `${before.updatedAt} ${before.id}` : "~"),
    },
    ScanIndexForward: false,
    Limit: Math.min(MAX_PAGE_SIZE, limit),
  });
  for await (const item of items) {
    if (!isLive(item, options)) continue;
    const session = await loadMatching(options.table, item, searchText);
    if (session) found.push(session);
    if (found.length === limit) break;
  }
  return found;
}

export async function* listIds(options: DynamoStoreOptions): AsyncGenerator<SessionId> {
  for await (const item of options.table.scan({ IndexName: BY_OWNER }))
    if (isLive(item, options)) yield readString(item, "pk") as SessionId;
}

/** Returns undefined when the session does not contain the text or is unreadable. Loads messages only for a search. */
async function loadMatching(
  table: DynamoTable,
  item: Item,
  searchText: string,
): Promise<ListedSession | undefined> {
  try {
    const session = await loadSession(table, item);
    const isMatch =
      matchesSearch(session.title, [], searchText) ||
      matchesSearch("", (await loadMessages(table, item, {})).messages, searchText);
    return isMatch ? { ...session, messageCount: readMeta(item).count } : undefined;
  } catch (error) {
    if (isSessionNotFound(error)) return undefined;
    throw error;
  }
}
