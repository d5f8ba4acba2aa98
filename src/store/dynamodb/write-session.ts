/**
 * Writes changes to a session. New items are put first, then named by the session's item in one conditional update, so a reader
 * sees all of a change or nothing of it.
 */
import type { SessionId } from "../../chat/types.ts";
import { approvalDeadline } from "../change.ts";
import { leaseLost, sessionNotFound, storeUnavailable } from "../errors.ts";
import type { Lease, SessionChange } from "../types.ts";
import { type Item, integer, optionalText } from "./attributes.ts";
import { currentTime, isLive, messageExpiryMargin, SESSION_EXISTS, sessionExpiry } from "./expiry.ts";
import type { Condition } from "./expressions.ts";
import { HOLDS_LEASE, leaseValues } from "./leases.ts";
import { createMessageItems, messagePrefix } from "./message-items.ts";
import { encodeOpenTurn } from "./open-turn.ts";
import { planAppend } from "./plan-append.ts";
import { findKeys } from "./read-session.ts";
import { encodeFields, readMeta, sessionKey } from "./session-item.ts";
import type { DynamoTable } from "./table.ts";
import type { DynamoStoreOptions } from "./types.ts";

/** Each failed attempt means that a concurrent write has succeeded. */
const MAX_WRITE_ATTEMPTS = 100;
const MAX_CONCURRENT_UPDATES = 25;

export async function writeSession(
  options: DynamoStoreOptions,
  id: SessionId,
  change: SessionChange,
  lease: Lease | undefined,
): Promise<void> {
  for (let count = 0; count < MAX_WRITE_ATTEMPTS; count += 1) {
    if (await tryWrite(options, id, change, lease)) return;
    await Bun.sleep(Math.random() * 20);
  }
  throw storeUnavailable(`session ${id}: too many concurrent writes`);
}

/** Returns false when another write came first. */
async function tryWrite(
  options: DynamoStoreOptions,
  id: SessionId,
  change: SessionChange,
  lease: Lease | undefined,
): Promise<boolean> {
  const { table } = options;
  const item = await table.read(sessionKey(id));
  assertWritable(options, item, lease);
  const meta = readMeta(item);
  const deadline = change.turn === undefined ? item.waitsUntil?.S : approvalDeadline(change.turn);
  const expires = sessionExpiry(options, deadline);
  const messagesExpire = await extendMessages(options, item, expires);
  const append = await planAppend(table, item, change, messagesExpire);
  const turn =
    change.turn === undefined ? undefined : encodeOpenTurn(id, change.turn ?? undefined, messagesExpire);
  await table.put([
    ...(append ? createMessageItems(id, append.messages, append.batch) : []),
    ...(turn?.items ?? []),
  ]);
  const previous = await table.update(sessionKey(id), {
    set: {
      ...encodeFields(id, change),
      ...(turn && { ...turn.attributes, waitsUntil: optionalText(deadline) }),
      ...append?.attributes,
      messagesExpire: integer(messagesExpire),
      expires: integer(expires),
    },
    ...joinConditions([
      { condition: SESSION_EXISTS, values: currentTime(options) },
      append?.condition,
      lease && { condition: HOLDS_LEASE, values: leaseValues(lease) },
    ]),
    returns: "before",
  });
  // The new items stay even when the condition fails: the response to an update that succeeded may have been lost.
  if (!previous) return false;
  const turnKeys = turn && meta.turnAt !== undefined ? await findKeys(table, item, [meta.turnAt]) : [];
  await table.removeAll([...turnKeys, ...(append?.replaced ?? [])]);
  return true;
}

/** @throws AppError `session_not_found` or `lease_lost` when the item does not allow the write. */
function assertWritable(
  options: DynamoStoreOptions,
  item: Item | undefined,
  lease: Lease | undefined,
): asserts item is Item {
  if (!isLive(item, options)) throw sessionNotFound();
  if (lease && (item.holder?.S !== lease.holder || item.fence?.N !== `${lease.fence}`)) throw leaseLost();
}

/** Makes the items of a session last until `expires`, and a margin longer. Returns when they expire, in seconds. */
async function extendMessages(options: DynamoStoreOptions, item: Item, expires: number): Promise<number> {
  const { epoch, turnAt, messagesExpire } = readMeta(item);
  if (expires <= messagesExpire) return messagesExpire;
  const extended = expires + messageExpiryMargin(options);
  const keys = await findKeys(options.table, item, [messagePrefix(epoch), turnAt]);
  for (let index = 0; index < keys.length; index += MAX_CONCURRENT_UPDATES)
    await Promise.all(
      keys.slice(index, index + MAX_CONCURRENT_UPDATES).map((key) => setExpiry(options.table, key, extended)),
    );
  return extended;
}

function setExpiry(table: DynamoTable, key: Parameters<DynamoTable["update"]>[0], expires: number) {
  return table.update(key, {
    set: { expires: integer(expires) },
    condition: "attribute_exists(#pk)",
    returns: "after",
  });
}

function joinConditions(conditions: readonly (Condition | undefined)[]): Condition {
  const present = conditions.filter((condition) => condition !== undefined);
  return {
    condition: present.map(({ condition }) => condition).join(" AND "),
    values: Object.assign({}, ...present.map(({ values }) => values)),
  };
}
