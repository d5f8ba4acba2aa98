/** Deletes sessions with all of their items. */
import type { SessionId } from "../../chat/types.ts";
import { type Item, integer, readString, text } from "./attributes.ts";
import { dayAfter, isLive } from "./expiry.ts";
import type { Condition } from "./expressions.ts";
import { messagePrefix } from "./message-items.ts";
import { findKeys } from "./read-session.ts";
import { readMeta, SESSION_ATTRIBUTES, sessionKey } from "./session-item.ts";
import type { DynamoTable } from "./table.ts";
import { BY_OWNER } from "./table-schema.ts";
import type { DynamoStoreOptions } from "./types.ts";

/**
 * Deletes a session, when `condition` holds. A lease stays: its holder learns from its next write that the session is gone.
 * Returns whether a session was deleted that had not expired.
 */
export async function deleteSession(
  options: DynamoStoreOptions,
  id: SessionId,
  condition?: Condition,
): Promise<boolean> {
  const { table, now } = options;
  const previous = await table.update(sessionKey(id), {
    set: {
      ...Object.fromEntries(SESSION_ATTRIBUTES.map((attribute) => [attribute, undefined])),
      expires: integer(dayAfter(now())),
    },
    condition: `attribute_exists(#owner)${condition ? ` AND ${condition.condition}` : ""}`,
    values: condition?.values ?? {},
    returns: "before",
  });
  if (!previous) return false;
  await table.remove(sessionKey(id), {
    condition: "attribute_not_exists(#owner) AND attribute_not_exists(#holder)",
  });
  await deleteItems(table, previous);
  return isLive(previous, options);
}

/** Deletes the messages and the long open turn that a session's item names. */
export async function deleteItems(table: DynamoTable, item: Item): Promise<void> {
  const { epoch, turnAt } = readMeta(item);
  await table.removeAll(await findKeys(table, item, [messagePrefix(epoch), turnAt]));
}

export async function expireSessions(options: DynamoStoreOptions, before: string): Promise<number> {
  const { table, now } = options;
  const unused: Condition = {
    condition: "#updatedAt < :before AND (attribute_not_exists(#waitsUntil) OR #waitsUntil <= :time)",
    values: { ":before": text(before), ":time": text(new Date(now()).toISOString()) },
  };
  let count = 0;
  for await (const item of table.scan({ IndexName: BY_OWNER })) {
    if (readString(item, "updatedAt") >= before) continue;
    if (await deleteSession(options, readString(item, "pk") as SessionId, unused)) count += 1;
  }
  return count;
}
