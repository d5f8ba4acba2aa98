/** Sessions in a SQLite file: one process has it, what is written survives that process. */
import { SQLiteError } from "bun:sqlite";
import type { CallerId } from "../../access/types.ts";
import type { Message, SessionId } from "../../chat/types.ts";
import { AppError, StartError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import { approvalDeadline } from "../change.ts";
import { messageOf, parseStored, readOrSkip, sessionNotFound, storeUnavailable } from "../errors.ts";
import { createLocalLeases } from "../local-leases.ts";
import { foldCase, searchableText } from "../search-text.ts";
import type { ListedSession, Session, SessionStore } from "../types.ts";
import { openSqliteFile, type SqliteConnection } from "./file.ts";
import { prepareStatements, type SessionRow, type Statements } from "./statements.ts";

export interface SqliteStoreOptions {
  readonly folder: string;
  /** Milliseconds. */
  readonly now: () => number;
  /** Does not mind another process that works with the file: for reading alone. */
  readonly shared?: boolean;
}

export interface SqliteStore extends SessionStore {
  /** Gives the space of what was deleted back to the disk. */
  compact(): Promise<void>;
}

/** Sessions that are looked at, or deleted, in one go: nothing else happens meanwhile. */
const BATCH_SIZE = 200;
/** Above every time there is. */
const LAST_POSITION = { updatedAt: "~", id: "" };

/** @throws StartError */
export function openSqliteStore({ folder, now, shared = false }: SqliteStoreOptions): SqliteStore {
  const file = openSqliteFile(folder, shared);
  const { check: checkLease, ...leases } = createLocalLeases(now);
  let current: (SqliteConnection & { readonly statements: Statements }) | undefined;

  /** Opens the file again after trouble: it may have been replaced, or the disk been away. */
  function getConnection() {
    if (current && !current.isInPlace()) disconnect();
    if (!current) {
      const connection = file.connect();
      current = { ...connection, statements: prepareStatements(connection.database) };
    }
    return current;
  }

  function disconnect(): void {
    current?.database.close();
    current = undefined;
  }

  /** All of it is done, or nothing. @throws AppError `store_unavailable` */
  function inTransaction<T>(work: (statements: Statements) => T): T {
    return withStoreErrors(() => {
      const { database, statements } = getConnection();
      statements.begin.run();
      try {
        const done = work(statements);
        statements.commit.run();
        return done;
      } catch (error) {
        // Some kinds of trouble have ended it already.
        if (database.inTransaction) statements.rollback.run();
        throw error;
      }
    });
  }

  function withStoreErrors<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError || !isUnavailable(error)) throw error;
      disconnect();
      throw storeUnavailable(`${file.path}: ${messageOf(error)}`, error);
    }
  }

  return {
    ...leases,
    async create({ id, owner, createdAt, updatedAt, title, model, allowed, seq, spent, turn, label }) {
      inTransaction(({ create }) =>
        create.run({
          id,
          owner,
          createdAt,
          updatedAt,
          title,
          foldedTitle: foldCase(title),
          model: model ?? null,
          allowed: stringifyJson(allowed),
          seq,
          spent: stringifyJson(spent),
          turn: turn ? stringifyJson(turn) : null,
          waitsUntil: approvalDeadline(turn) ?? null,
          label: label ?? null,
        }),
      );
    },
    async read(id, { newest = Number.MAX_SAFE_INTEGER } = {}) {
      return withStoreErrors(() => {
        const { statements } = getConnection();
        const row = statements.read.get({ id });
        if (!row) return undefined;
        const skipped = Math.max(0, row.messageCount - newest);
        const rows =
          skipped === row.messageCount ? [] : statements.messages.all({ session: row.number, from: skipped });
        return {
          session: sessionOf(row),
          messages: rows.map(({ json }) => parseStored<Message>(id, json)),
          skipped,
          ...(row.summary !== null && { summary: parseStored(id, row.summary) }),
        };
      });
    },
    async write(id, { at, messages = [], title, model, allowed, seq, spent, turn }, lease) {
      inTransaction((statements) => {
        const row = statements.find.get({ id });
        if (!row) throw sessionNotFound();
        if (lease) checkLease(lease);
        const { number, messageCount, lastMessage } = row;
        const last = messages.at(-1)?.id ?? lastMessage;
        const added = last === lastMessage ? [] : messages;
        for (const [index, message] of added.entries())
          statements.addMessage.run({
            session: number,
            position: messageCount + index,
            said: searchableText(message) ?? null,
            json: stringifyJson(message),
          });
        statements.write.run({
          number,
          at,
          title: title ?? null,
          foldedTitle: title === undefined ? null : foldCase(title),
          model: model ?? null,
          allowed: allowed ? stringifyJson(allowed) : null,
          seq: seq ?? null,
          spent: spent ? stringifyJson(spent) : null,
          hasTurn: turn === undefined ? 0 : 1,
          turn: turn ? stringifyJson(turn) : null,
          waitsUntil: approvalDeadline(turn) ?? null,
          messageCount: messageCount + added.length,
          lastMessage: last,
        });
      });
    },
    async summarize(id, summary) {
      // Notes on more than there is were made before the session was cleared.
      inTransaction(({ summarize }) =>
        summarize.run({ id, through: summary.through, summary: stringifyJson(summary) }),
      );
    },
    async clear(id, at) {
      inTransaction(({ clear, forget }) => {
        const row = clear.get({ id, at });
        if (row) forget.run({ session: row.number });
      });
    },
    async delete(id) {
      inTransaction((statements) => statements.delete.run({ id }));
    },
    async list(owner, { limit, before = LAST_POSITION, search = "" }) {
      return withStoreErrors(() => {
        const { list, search: find } = getConnection().statements;
        const position = { owner, updatedAt: before.updatedAt, id: before.id };
        const rows =
          search === "" ? list.iterate(position) : find.iterate({ ...position, wanted: foldCase(search) });
        const listed: ListedSession[] = [];
        for (const row of rows) {
          if (listed.length >= limit) break;
          const session = readOrSkip(() => sessionOf(row));
          if (session) listed.push({ ...session, messageCount: row.messageCount });
        }
        return listed;
      });
    },
    async *ids() {
      let after = 0;
      for (;;) {
        const rows = withStoreErrors(() => getConnection().statements.ids.all({ after, limit: BATCH_SIZE }));
        for (const { id } of rows) yield id as SessionId;
        const last = rows.at(-1);
        if (!last) return;
        after = last.number;
      }
    },
    async expire(before) {
      let count = 0;
      for (;;) {
        const { changes } = inTransaction(({ expire }) =>
          expire.run({ before, now: new Date(now()).toISOString(), limit: BATCH_SIZE }),
        );
        count += changes;
        if (changes < BATCH_SIZE) return count;
        await Bun.sleep(0);
      }
    },
    async check() {
      inTransaction(() => undefined);
    },
    async compact() {
      withStoreErrors(() => {
        const { database } = getConnection();
        database.run("VACUUM");
        database.run("PRAGMA wal_checkpoint(TRUNCATE)");
      });
    },
    async close() {
      disconnect();
      file.unlock();
    },
  };
}

/** Full, read-only, damaged, moved away; everything else SQLite says is a mistake of ours. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof StartError) return true;
  return (
    error instanceof SQLiteError && !/^SQLITE_(ERROR|CONSTRAINT|MISUSE|RANGE|MISMATCH)/.test(error.code ?? "")
  );
}

/** @throws AppError `session_not_found` when it cannot be read. */
function sessionOf(row: SessionRow): Session {
  const id = row.id as SessionId;
  return {
    id,
    owner: row.owner as CallerId,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    title: row.title,
    ...(row.model !== null && { model: row.model }),
    allowed: parseStored(id, row.allowed),
    seq: row.seq,
    spent: parseStored(id, row.spent),
    ...(row.turn !== null && { turn: parseStored(id, row.turn) }),
    ...(row.label !== null && { label: row.label }),
  };
}
