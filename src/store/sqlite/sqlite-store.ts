/** Stores sessions in a SQLite file that one process uses. */
import type { UsageCounters } from "../../access/limits/types.ts";
import type { CallerId } from "../../access/types.ts";
import type { Message, SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { parseStored, readOrSkip, sessionNotFound } from "../errors.ts";
import { createLocalLeases } from "../local-leases.ts";
import { foldCase } from "../search-text.ts";
import type {
  ListedSession,
  ListOptions,
  MessageRange,
  SessionChange,
  SessionStore,
  StoredSession,
} from "../types.ts";
import { openSqliteFile, type SqliteFileOptions } from "./file.ts";
import {
  decodeSession,
  encodeChange,
  encodeMessage,
  encodeSession,
  type HistoryRow,
  type SessionRow,
} from "./rows.ts";
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

/** Sessions per statement that reads ids. */
const BATCH_SIZE = 200;
/** Sessions that are searched or deleted before other work runs. */
const SLICE_SIZE = 50;
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
    async read(id, range = {}) {
      return database.run((statements) => readSession(statements, id, range));
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
      if (options.search) return await searchSessions(database, owner, options);
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

function readSession(
  statements: Statements,
  id: SessionId,
  { newest = Number.MAX_SAFE_INTEGER, before }: MessageRange,
): StoredSession | undefined {
  const row = statements.read.get({ id });
  if (!row) return undefined;
  const end = Math.min(before ?? row.messageCount, row.messageCount);
  const skipped = Math.max(0, end - newest);
  const rows = skipped === end ? [] : statements.messages.all({ session: row.number, from: skipped, end });
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
  { list }: Statements,
  owner: CallerId,
  { limit, before = END_OF_LIST }: ListOptions,
): readonly ListedSession[] {
  const listed: ListedSession[] = [];
  for (const row of list.iterate({ owner, updatedAt: before.updatedAt, id: before.id })) {
    if (listed.length >= limit) break;
    listed.push(...decodeListed(row));
  }
  return listed;
}

/** Searches page by page. Other work runs in between. */
async function searchSessions(
  database: SqliteDatabase,
  owner: CallerId,
  { limit, before = END_OF_LIST, search = "" }: ListOptions,
): Promise<readonly ListedSession[]> {
  const text = foldCase(search);
  const listed: ListedSession[] = [];
  let { updatedAt, id }: { updatedAt: string; id: string } = before;
  for (;;) {
    const rows = database.run(({ searchPage, read }) => {
      const page = searchPage.all({ owner, updatedAt, id, text, limit: SLICE_SIZE });
      for (const session of page) {
        if (listed.length >= limit) break;
        const row = session.found === 1 ? read.get({ id: session.id }) : null;
        if (row) listed.push(...decodeListed(row));
      }
      return page;
    });
    const last = rows.at(-1);
    if (listed.length >= limit || rows.length < SLICE_SIZE || !last) return listed;
    ({ updatedAt, id } = last);
    await yieldToOthers();
  }
}

/** Returns the session of a row, or nothing when it is unreadable. */
function decodeListed(row: SessionRow): readonly ListedSession[] {
  const session = readOrSkip(() => decodeSession(row));
  return session ? [{ ...session, messageCount: row.messageCount }] : [];
}

function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
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

/** Deletes unused sessions in slices. Other work runs in between. */
async function expireSessions(database: SqliteDatabase, before: string, now: () => number): Promise<number> {
  const last = database.run(({ lastNumber }) => lastNumber.get({})?.last ?? 0);
  let count = 0;
  for (let after = 0; after < last; after += SLICE_SIZE) {
    const slice = { before, now: new Date(now()).toISOString(), after, until: after + SLICE_SIZE };
    count += database.transaction(({ expire }) => expire.run(slice).changes);
    await yieldToOthers();
  }
  return count;
}
