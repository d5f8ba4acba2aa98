/**
 * Sessions in one DynamoDB table, for several processes at once. What is new is written first, then named by the session's own
 * item in one conditional update: whoever reads sees all of a change or nothing of it.
 */
import type { Message, SessionId } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { approvalDeadline } from "../change.ts";
import { leaseLost, parseStored, sessionNotFound, storeUnavailable } from "../errors.ts";
import { foldCase, searchableText } from "../search-text.ts";
import type { Lease, ListedSession, Session, SessionChange, SessionStore, Summary } from "../types.ts";
import {
  createName,
  integer,
  json,
  messageItems,
  messageKey,
  messagePrefix,
  metaOf,
  readMessages,
  readString,
  sessionKey,
  sessionOf,
  text,
  turnItems,
} from "./items.ts";
import { BY_OWNER, type Condition, type DynamoTable, type Item, type Key } from "./table.ts";

export interface DynamoStoreOptions {
  readonly table: DynamoTable;
  readonly retentionMs: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Others may write at the same time; each time one of them has got through. */
const MAX_WRITE_ATTEMPTS = 100;
const DAY_MS = 86_400_000;
/** A lease can lie there before its session does. */
const SESSION_EXISTS = "attribute_exists(#owner) AND #expires >= :now";
/** All but those of a lease. */
const SESSION_ATTRIBUTES = [
  ...[
    "owner",
    "createdAt",
    "updatedAt",
    "updated",
    "title",
    "model",
    "allowed",
    "seq",
    "spent",
    "turn",
    "turnAt",
    "label",
  ],
  ...["waitsUntil", "summary", "lastMessage", "epoch", "count", "tail", "messagesExpire"],
];
const HOLDS_LEASE = "#holder = :holder AND #fence = :fence";

export function createDynamoStore({ table, retentionMs, now }: DynamoStoreOptions): SessionStore {
  const seconds = (ms: number) => Math.ceil(ms / 1000);
  const nowValue = () => ({ ":now": integer(seconds(now())) });
  /** So that only every so often a write has to make all of a session's messages last longer. */
  const expiryMarginMs = Math.max(retentionMs / 4, DAY_MS);

  const isLive = (item: Item | undefined): item is Item =>
    item?.owner !== undefined && Number(item.expires?.N) >= seconds(now());

  async function find(id: SessionId): Promise<Item | undefined> {
    const item = await table.read(sessionKey(id));
    return isLive(item) ? item : undefined;
  }

  /** When a session expires that was last used now. */
  function computeExpiry(deadline: string | undefined): number {
    return seconds(Math.max(now() + retentionMs, Date.parse(deadline ?? "") || 0));
  }

  async function loadSession(item: Item): Promise<Session> {
    const { turnAt } = metaOf(item);
    if (turnAt === undefined) return sessionOf(item);
    const parts = await Array.fromAsync(queryByPrefix(item, turnAt, { ConsistentRead: true }));
    return sessionOf(item, parts.map((part) => readString(part, "json")).join(""));
  }

  /** Its items whose sort key begins so. */
  function queryByPrefix(
    item: Item,
    prefix: string,
    more: { ConsistentRead?: boolean; ProjectionExpression?: string } = {},
  ) {
    return table.query({
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": text(readString(item, "pk")), ":prefix": text(prefix) },
      ...more,
    });
  }

  async function keysByPrefix(
    item: Item,
    prefixes: readonly (string | undefined)[],
  ): Promise<readonly Key[]> {
    const keys: Key[] = [];
    for (const prefix of prefixes)
      if (prefix !== undefined)
        for await (const { pk, sk } of queryByPrefix(item, prefix, { ProjectionExpression: "pk, sk" }))
          keys.push({ pk: text(pk?.S ?? ""), sk: text(sk?.S ?? "") });
    return keys;
  }

  async function messages(item: Item, newest: number): Promise<readonly Message[]> {
    const meta = metaOf(item);
    const wanted = Math.min(newest, meta.count);
    if (wanted === 0) return [];
    const items = table.query({
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :last",
      ExpressionAttributeValues: {
        ":pk": text(readString(item, "pk")),
        ":first": text(messageKey(meta.epoch, meta.count - wanted)),
        ":last": text(`${messageKey(meta.epoch, meta.count - 1)}~`),
      },
      ScanIndexForward: false,
      ConsistentRead: true,
    });
    return readMessages(readString(item, "pk") as SessionId, meta, wanted, items);
  }

  /** What of a change stands in the session's own item. */
  function changeAttributes(
    id: SessionId,
    { at, title, model, allowed, seq, spent }: Omit<SessionChange, "turn" | "messages">,
  ) {
    return {
      updatedAt: text(at),
      updated: text(`${at} ${id}`),
      ...(title !== undefined && { title: json(title) }),
      ...(model !== undefined && { model: json(model) }),
      ...(allowed !== undefined && { allowed: json(allowed) }),
      ...(seq !== undefined && { seq: integer(seq) }),
      ...(spent !== undefined && { spent: json(spent) }),
    };
  }

  /** Why a condition did not hold. @throws AppError; returns when it holds now, or others wrote at the same time. */
  function assertWritable(item: Item | undefined, lease: Lease | undefined): asserts item is Item {
    if (!isLive(item)) throw sessionNotFound();
    if (lease && (item.holder?.S !== lease.holder || item.fence?.N !== `${lease.fence}`)) throw leaseLost();
  }

  async function extendExpiry(item: Item, expires: number): Promise<void> {
    const { epoch, turnAt } = metaOf(item);
    const keys = await keysByPrefix(item, [messagePrefix(epoch), turnAt]);
    for (let index = 0; index < keys.length; index += 25)
      await Promise.all(
        keys.slice(index, index + 25).map((key) =>
          table.update(key, {
            set: { expires: integer(expires) },
            condition: "attribute_exists(#pk)",
            returns: "after",
          }),
        ),
      );
  }

  /** False: others wrote at the same time. */
  async function tryWrite(id: SessionId, change: SessionChange, lease: Lease | undefined): Promise<boolean> {
    const item = await table.read(sessionKey(id));
    assertWritable(item, lease);
    const meta = metaOf(item);
    const { turn, messages = [] } = change;
    const lastMessage = messages.at(-1)?.id;
    const added = lastMessage === meta.lastMessage ? [] : messages;
    const waits = turn === undefined ? item.waitsUntil?.S : approvalDeadline(turn);
    const expires = computeExpiry(waits);
    const coversExpiry = expires <= meta.messagesExpire;
    const messagesExpire = coversExpiry ? meta.messagesExpire : expires + seconds(expiryMarginMs);
    if (!coversExpiry) await extendExpiry(item, messagesExpire);
    const { epoch, count, tail } = meta;
    const batch = { name: createName(), before: tail, epoch, position: count, expires: messagesExpire };
    const turnWrite = turn === undefined ? undefined : turnItems(id, turn ?? undefined, messagesExpire);
    await table.put([...messageItems(id, added, batch), ...(turnWrite?.items ?? [])]);
    const appendCondition =
      added.length > 0 ? " AND #epoch = :epoch AND #count = :before AND #tail = :tail" : "";
    const old = await table.update(sessionKey(id), {
      set: {
        ...changeAttributes(id, change),
        ...(turnWrite && {
          ...turnWrite.attributes,
          waitsUntil: waits === undefined ? undefined : text(waits),
        }),
        ...(lastMessage !== undefined &&
          added.length > 0 && {
            count: integer(count + added.length),
            tail: text(batch.name),
            lastMessage: text(lastMessage),
          }),
        messagesExpire: integer(messagesExpire),
        expires: integer(expires),
      },
      condition: `${SESSION_EXISTS}${appendCondition}${lease ? ` AND ${HOLDS_LEASE}` : ""}`,
      values: {
        ...nowValue(),
        ...(appendCondition !== "" && {
          ":epoch": text(epoch),
          ":before": integer(count),
          ":tail": text(tail),
        }),
        ...(lease && { ":holder": text(lease.holder), ":fence": integer(lease.fence) }),
      },
      returns: "before",
    });
    // What was put stays when the condition did not hold: the answer to an update that got through may have been lost.
    if (!old) return false;
    if (turnWrite && meta.turnAt !== undefined)
      await table.removeAll(await keysByPrefix(item, [meta.turnAt]));
    return true;
  }

  async function toListedSession(item: Item, wanted: string): Promise<ListedSession | undefined> {
    try {
      const session = await loadSession(item);
      const isFound =
        wanted === "" ||
        foldCase(session.title).includes(wanted) ||
        (await messages(item, Number.POSITIVE_INFINITY)).some((message) =>
          searchableText(message)?.includes(wanted),
        );
      return isFound ? { ...session, messageCount: metaOf(item).count } : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** A lease on it lives on: its holder learns from what it writes that the session is gone. */
  async function deleteSession(id: SessionId, when?: Condition): Promise<boolean> {
    const old = await table.update(sessionKey(id), {
      set: {
        ...Object.fromEntries(SESSION_ATTRIBUTES.map((attribute) => [attribute, undefined])),
        expires: integer(seconds(now() + DAY_MS)),
      },
      condition: `attribute_exists(#owner)${when ? ` AND ${when.condition}` : ""}`,
      values: when?.values ?? {},
      returns: "before",
    });
    if (!old) return false;
    await table.remove(sessionKey(id), {
      condition: "attribute_not_exists(#owner) AND attribute_not_exists(#holder)",
    });
    await deleteItems(old);
    return isLive(old);
  }

  async function deleteItems(item: Item): Promise<void> {
    const { epoch, turnAt } = metaOf(item);
    await table.removeAll(await keysByPrefix(item, [messagePrefix(epoch), turnAt]));
  }

  return {
    async create(session) {
      const { id, owner, createdAt, updatedAt, turn, label, ...rest } = session;
      const waits = approvalDeadline(turn);
      const expires = computeExpiry(waits);
      const { attributes: ofTurn, items } = turnItems(id, turn, expires + seconds(expiryMarginMs));
      await table.put(items);
      await table.update(sessionKey(id), {
        set: {
          owner: text(owner),
          createdAt: text(createdAt),
          model: undefined,
          label: label === undefined ? undefined : json(label),
          ...changeAttributes(id, { ...rest, at: updatedAt }),
          ...ofTurn,
          waitsUntil: waits === undefined ? undefined : text(waits),
          summary: undefined,
          lastMessage: undefined,
          epoch: text(createName()),
          count: integer(0),
          tail: text("-"),
          messagesExpire: integer(expires + seconds(expiryMarginMs)),
          expires: integer(expires),
        },
        condition: "attribute_not_exists(#owner) OR #expires < :now",
        values: nowValue(),
        returns: "before",
      });
    },
    async read(id, { newest = Number.POSITIVE_INFINITY } = {}) {
      const item = await find(id);
      if (!item) return undefined;
      const found = await messages(item, newest);
      const summary = item.summary?.S;
      return {
        session: await loadSession(item),
        messages: found,
        skipped: metaOf(item).count - found.length,
        ...(summary !== undefined && { summary: parseStored<Summary>(id, summary) }),
      };
    },
    async write(id, change, lease) {
      for (let count = 0; count < MAX_WRITE_ATTEMPTS; count += 1) {
        if (await tryWrite(id, change, lease)) return;
        await Bun.sleep(Math.random() * 20);
      }
      throw storeUnavailable(`session ${id} is written by too many at once`);
    },
    async summarize(id, summary) {
      // Notes on more than there is were made before the session was cleared.
      await table.update(sessionKey(id), {
        set: { summary: json(summary) },
        condition: `${SESSION_EXISTS} AND #count >= :through`,
        values: { ...nowValue(), ":through": integer(summary.through) },
        returns: "before",
      });
    },
    async clear(id, at) {
      const old = await table.update(sessionKey(id), {
        set: {
          ...changeAttributes(id, { at, title: "", allowed: [] }),
          turn: undefined,
          turnAt: undefined,
          waitsUntil: undefined,
          summary: undefined,
          lastMessage: undefined,
          epoch: text(createName()),
          count: integer(0),
          tail: text("-"),
          expires: integer(computeExpiry(undefined)),
        },
        condition: SESSION_EXISTS,
        values: nowValue(),
        returns: "before",
      });
      if (old) await deleteItems(old);
    },
    async delete(id) {
      await deleteSession(id);
    },
    async list(owner, { limit, before, search = "" }) {
      const wanted = foldCase(search);
      const found: ListedSession[] = [];
      if (limit === 0) return found;
      const items = table.query({
        IndexName: BY_OWNER,
        KeyConditionExpression: "#owner = :owner AND #updated < :before",
        ExpressionAttributeNames: { "#owner": "owner", "#updated": "updated" },
        ExpressionAttributeValues: {
          ":owner": text(owner),
          ":before": text(before ? `${before.updatedAt} ${before.id}` : "~"),
        },
        ScanIndexForward: false,
        Limit: Math.min(100, limit),
      });
      for await (const item of items) {
        if (!isLive(item)) continue;
        const session = await toListedSession(item, wanted);
        if (session) found.push(session);
        if (found.length === limit) break;
      }
      return found;
    },
    async *ids() {
      for await (const item of table.scan({ IndexName: BY_OWNER }))
        if (isLive(item)) yield readString(item, "pk") as SessionId;
    },
    async expire(before) {
      let count = 0;
      const values = { ":before": text(before), ":time": text(new Date(now()).toISOString()) };
      const condition =
        "#updatedAt < :before AND (attribute_not_exists(#waitsUntil) OR #waitsUntil <= :time)";
      for await (const item of table.scan({ IndexName: BY_OWNER })) {
        if (readString(item, "updatedAt") >= before) continue;
        if (await deleteSession(readString(item, "pk") as SessionId, { condition, values })) count += 1;
      }
      return count;
    },
    async acquire(session, holder, forMs) {
      const held = await table.update(sessionKey(session), {
        set: { holder: text(holder), leaseUntil: integer(now() + forMs) },
        // Higher than any before it, also when the session was deleted in between.
        compute: [
          "#fence = if_not_exists(#fence, :fence) + :one",
          "#expires = if_not_exists(#expires, :expires)",
        ],
        condition: "attribute_not_exists(#holder) OR #holder = :holder OR #leaseUntil <= :time",
        values: {
          ":fence": integer(seconds(now())),
          ":one": integer(1),
          ":expires": integer(seconds(now() + forMs + DAY_MS)),
          ":holder": text(holder),
          ":time": integer(now()),
        },
        returns: "after",
      });
      return held && { session, holder, fence: Number(held.fence?.N) };
    },
    async renew({ session, holder, fence }, forMs) {
      const held = await table.update(sessionKey(session), {
        set: { leaseUntil: integer(now() + forMs) },
        condition: HOLDS_LEASE,
        values: { ":holder": text(holder), ":fence": integer(fence) },
        returns: "before",
      });
      return held !== undefined;
    },
    async release({ session, holder, fence }) {
      await table.update(sessionKey(session), {
        set: { holder: undefined, leaseUntil: undefined },
        condition: HOLDS_LEASE,
        values: { ":holder": text(holder), ":fence": integer(fence) },
        returns: "before",
      });
    },
    async check() {
      await table.read({ pk: text("-"), sk: text("-") });
    },
    async close() {
      table.close();
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof AppError && error.code === "session_not_found";
}
