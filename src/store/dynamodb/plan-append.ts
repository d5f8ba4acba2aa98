/** Plans how the messages of a change are stored: at the end of the history, or in place of its end. */
import type { Message, SessionId } from "../../chat/types.ts";
import { parseStored } from "../errors.ts";
import type { SessionChange, Summary } from "../types.ts";
import { createName, type Item, integer, type Key, readString, text } from "./attributes.ts";
import type { Condition } from "./expressions.ts";
import { findBatch, type MessageBatch, messageKey } from "./message-items.ts";
import { queryMessages } from "./read-session.ts";
import { readMeta, type SessionMeta } from "./session-item.ts";
import type { DynamoTable } from "./table.ts";

/** Messages to write, with the attributes that name them and the condition that nothing was written in between. */
export interface Append {
  readonly messages: readonly Message[];
  readonly batch: MessageBatch;
  readonly attributes: Readonly<Record<string, Item[string] | undefined>>;
  readonly condition: Condition;
  /** The items of the messages that are replaced, to be deleted afterwards. */
  readonly replaced: readonly Key[];
}

/** Returns undefined when there are no messages or they are stored already. */
export async function planAppend(
  table: DynamoTable,
  item: Item,
  { messages = [], replaceFrom }: Pick<SessionChange, "messages" | "replaceFrom">,
  expires: number,
): Promise<Append | undefined> {
  const meta = readMeta(item);
  const lastMessage = messages.at(-1)?.id;
  if (lastMessage === undefined || lastMessage === meta.lastMessage) return undefined;
  const { epoch, count, tail } = meta;
  const position = Math.min(replaceFrom ?? count, count);
  const { before, replaced } =
    position < count ? await findReplaced(table, item, meta, position) : { before: tail, replaced: [] };
  const batch = { name: createName(), before, epoch, position, expires };
  const summary = item.summary?.S;
  const isSummaryStale =
    summary !== undefined &&
    parseStored<Summary>(readString(item, "pk") as SessionId, summary).through > position;
  return {
    messages,
    batch,
    replaced,
    attributes: {
      count: integer(position + messages.length),
      tail: text(batch.name),
      lastMessage: text(lastMessage),
      ...(isSummaryStale && { summary: undefined }),
    },
    condition: {
      condition: "#epoch = :epoch AND #count = :before AND #tail = :tail",
      values: { ":epoch": text(epoch), ":before": integer(count), ":tail": text(tail) },
    },
  };
}

/** Returns the items of the messages from a position on, and the batch of the message before them. */
async function findReplaced(
  table: DynamoTable,
  item: Item,
  meta: SessionMeta,
  position: number,
): Promise<{ readonly before: string; readonly replaced: readonly Key[] }> {
  const items = await Array.fromAsync(queryMessages(table, item, Math.max(0, position - 1)));
  const id = readString(item, "pk") as SessionId;
  const before = position === 0 ? "-" : await findBatch(id, meta, meta.count - position + 1, items);
  const replaced = items.flatMap(({ pk, sk }) =>
    sk?.S !== undefined && sk.S >= messageKey(meta.epoch, position)
      ? [{ pk: text(pk?.S ?? ""), sk: text(sk.S) }]
      : [],
  );
  return { before, replaced };
}
