/** Stores sessions in a SQLite file that one process uses. */
import type { UsageCounters } from "../../access/limits/types.ts";
import type { CallerId } from "../../access/types.ts";
import type { Message, SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { parseStored, readOrSkip, sessionNotFound } from "../errors.ts";
import { createLocalLeases } from "../local-leases.ts";
import { foldCase } from "../search-text.ts";
import type { ListedSession, ListOptions, SessionChange, SessionStore, StoredSession } from "../types.ts";
import { openSqliteFile, type SqliteFileOptions } from "./file.ts";
import { decodeSession, encodeChange, encodeMessage, encodeSession, type HistoryRow } from "./rows.ts";
import { SqliteDatabase } from "./sqlite-database.ts";
import type { Statements } from "./statements.ts";
import { createSqliteUsage } from "./usage-counters.ts";

export interface SqliteStoreOptions extends Pick<SqliteFileOptions, "folder"> {
  /** Returns milliseconds. */
  readonly now: () => number;
  /** False by default. */
  readonly shared?: SqliteFileOptions["shared"];
  /** `normal` by default. */
  readonly synchronous?: SqliteFileOptions["synchronous"];
}

export interface SqliteStore extends SessionStore {
  readonly usage: UsageCounters;
  /** Returns the space of deleted sessions to the file system. */
  compact(): Promise<void>;
}

/** Sessions per statement that reads ids or deletes. It blocks the process while it runs. */
const BATCH_SIZE = 200;
/** A position after every session in the list. */
const END_OF_LIST = { updatedAt: "~", id: "" as SessionId };

/** @throws StartError */
export function openSqliteStore({
  folder,
  now,
  shared = false,
  synchronous = "normal",
}: SqliteStoreOptions): SqliteStore {
  const database = new SqliteDatabase(openSqliteFile({ folder, shared, synchronous }));
  const { assertActive, ...leases } = createLocalLeases(now);
  return {
    ...leases,
    usage: createSqliteUsage(database, now),
    async create(session) {
      database.transaction(({ create }) => create.run(encodeSession(session)));
    },
    async read(id, { newest = Number.MAX_SAFE_INTEGER } = {}) {
      return database.run((statements) => readSession(statements, id, newest));
    },
    async write(id, change, lease) {
      database.transaction((statements) => {
        const history = statements.readHistory.get({ id });
        if (!history) throw sessionNotFound();
        if (lease) assertActive(lease);
        writeChange(statements, history, change);
      });
    },
    async summarize(id, summary) {
      // A summary of more messages than there are was made before the session was cleared.
      database.transaction(({ summarize }) =>
        summarize.run({ id, through: summary.through, summary: stringifyJson(summary) }),
      );
    },
    async clear(id, at) {
      database.transaction(({ clear, deleteMessages }) => {
        const row = clear.get({ id, at });
        if (row) deleteMessages.run({ session: row.number, from: 0 });
      });
    },
    async delete(id) {
      database.transaction((statements) => statements.delete.run({ id }));
    },
    async list(owner, options) {
      return database.run((statements) => listSessions(statements, owner, options));
    },
    ids: () => listIds(database),
    expire: (before) => expireSessions(database, before, now),
    async check() {
      database.probe();
    },
    async compact() {
      database.compact();
    },
    async close() {
      database.close();
    },
  };
}

function readSession(statements: Statements, id: SessionId, newest: number): StoredSession | undefined {
  const row = statements.read.get({ id });
  if (!row) return undefined;
  const skipped = Math.max(0, row.messageCount - newest);
  const rows =
    skipped === row.messageCount ? [] : statements.messages.all({ session: row.number, from: skipped });
  return {
    session: decodeSession(row),
    messages: rows.map(({ json }) => parseStored<Message>(id, json)),
    skipped,
    ...(row.summary !== null && { summary: parseStored(id, row.summary) }),
  };
}

function writeChange(statements: Statements, history: HistoryRow, change: SessionChange): void {
  const { number } = history;
  const messages = change.messages ?? [];
  const lastMessage = messages.at(-1)?.id ?? history.lastMessage;
  const added = lastMessage === history.lastMessage ? [] : messages;
  const isReplacing = added.length > 0 && (change.replaceFrom ?? history.messageCount) < history.messageCount;
  const messageCount = isReplacing ? (change.replaceFrom ?? 0) : history.messageCount;
  if (isReplacing) {
    statements.deleteMessages.run({ session: number, from: messageCount });
    statements.dropSummary.run({ number, from: messageCount });
  }
  for (const [index, message] of added.entries())
    statements.addMessage.run({
      session: number,
      position: messageCount + index,
      ...encodeMessage(message),
    });
  statements.write.run({
    ...encodeChange(change),
    number,
    messageCount: messageCount + added.length,
    lastMessage,
  });
}

function listSessions(
  { list, search: find }: Statements,
  owner: CallerId,
  { limit, before = END_OF_LIST, search = "" }: ListOptions,
): readonly ListedSession[] {
  const position = { owner, updatedAt: before.updatedAt, id: before.id };
  const rows = search === "" ? list.iterate(position) : find.iterate({ ...position, text: foldCase(search) });
  const listed: ListedSession[] = [];
  for (const row of rows) {
    if (listed.length >= limit) break;
    const session = readOrSkip(() => decodeSession(row));
    if (session) listed.push({ ...session, messageCount: row.messageCount });
  }
  return listed;
}

async function* listIds(database: SqliteDatabase): AsyncGenerator<SessionId> {
  let after = 0;
  for (;;) {
    const rows = database.run(({ ids }) => ids.all({ after, limit: BATCH_SIZE }));
    for (const { id } of rows) yield id as SessionId;
    const last = rows.at(-1);
    if (!last) return;
    after = last.number;
  }
}

/** Deletes unused sessions in batches. Other work runs in between. */
async function expireSessions(database: SqliteDatabase, before: string, now: () => number): Promise<number> {
  let count = 0;
  for (;;) {
    const { changes } = database.transaction(({ expire }) =>
      expire.run({ before, now: new Date(now()).toISOString(), limit: BATCH_SIZE }),
    );
    count += changes;
    if (changes < BATCH_SIZE) return count;
    await Bun.sleep(0);
  }
}
