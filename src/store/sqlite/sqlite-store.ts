/** Sessions in a SQLite file: one process has it, what is written survives that process. */
import { SQLiteError } from "bun:sqlite";
import type { CallerId } from "../../access/types.ts";
import type { Message, SessionId } from "../../chat/types.ts";
import { AppError, StartError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import { waitsUntil } from "../change.ts";
import { ifReadable, messageOf, parseStored, sessionNotFound, unavailable } from "../errors.ts";
import { createLocalLeases } from "../local-leases.ts";
import { fold, saidIn } from "../search-text.ts";
import type { ListedSession, Session, SessionStore } from "../types.ts";
import { type Connection, openSqliteFile } from "./file.ts";
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
const PORTION = 200;
/** Above every time there is. */
const NEWEST = { updatedAt: "~", id: "" };

/** @throws StartError */
export function openSqliteStore({ folder, now, shared = false }: SqliteStoreOptions): SqliteStore {
  const file = openSqliteFile(folder, shared);
  const { check: checkLease, ...leases } = createLocalLeases(now);
  let open: (Connection & { readonly statements: Statements }) | undefined;

  /** Opens the file again after trouble: it may have been replaced, or the disk been away. */
  function opened() {
    if (open && !open.isInPlace()) disconnect();
    if (!open) {
      const connection = file.connect();
      open = { ...connection, statements: prepareStatements(connection.database) };
    }
    return open;
  }

  function disconnect(): void {
    open?.database.close();
    open = undefined;
  }

  /** All of it is done, or nothing. @throws AppError `store_unavailable` */
  function whole<T>(work: (statements: Statements) => T): T {
    return attempt(() => {
      const { database, statements } = opened();
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

  function attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError || !isTrouble(error)) throw error;
      disconnect();
      throw unavailable(`${file.path}: ${messageOf(error)}`, error);
    }
  }

  return {
    ...leases,
    async create({ id, owner, createdAt, updatedAt, title, model, allowed, seq, spent, turn, label }) {
      whole(({ create }) =>
        create.run({
          id,
          owner,
          createdAt,
          updatedAt,
          title,
          foldedTitle: fold(title),
          model: model ?? null,
          allowed: stringifyJson(allowed),
          seq,
          spent: stringifyJson(spent),
          turn: turn ? stringifyJson(turn) : null,
          waitsUntil: waitsUntil(turn) ?? null,
          label: label ?? null,
        }),
      );
    },
    async read(id, { newest = Number.MAX_SAFE_INTEGER } = {}) {
      return attempt(() => {
        const { statements } = opened();
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
      whole((statements) => {
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
            said: saidIn(message) ?? null,
            json: stringifyJson(message),
          });
        statements.write.run({
          number,
          at,
          title: title ?? null,
          foldedTitle: title === undefined ? null : fold(title),
          model: model ?? null,
          allowed: allowed ? stringifyJson(allowed) : null,
          seq: seq ?? null,
          spent: spent ? stringifyJson(spent) : null,
          hasTurn: turn === undefined ? 0 : 1,
          turn: turn ? stringifyJson(turn) : null,
          waitsUntil: waitsUntil(turn) ?? null,
          messageCount: messageCount + added.length,
          lastMessage: last,
        });
      });
    },
    async summarize(id, summary) {
      // Notes on more than there is were made before the session was cleared.
      whole(({ summarize }) =>
        summarize.run({ id, through: summary.through, summary: stringifyJson(summary) }),
      );
    },
    async clear(id, at) {
      whole(({ clear, forget }) => {
        const row = clear.get({ id, at });
        if (row) forget.run({ session: row.number });
      });
    },
    async delete(id) {
      whole((statements) => statements.delete.run({ id }));
    },
    async list(owner, { limit, before = NEWEST, search = "" }) {
      return attempt(() => {
        const { list, search: find } = opened().statements;
        const place = { owner, updatedAt: before.updatedAt, id: before.id };
        const rows = search === "" ? list.iterate(place) : find.iterate({ ...place, wanted: fold(search) });
        const listed: ListedSession[] = [];
        for (const row of rows) {
          if (listed.length >= limit) break;
          const session = ifReadable(() => sessionOf(row));
          if (session) listed.push({ ...session, messageCount: row.messageCount });
        }
        return listed;
      });
    },
    async *ids() {
      let after = 0;
      for (;;) {
        const rows = attempt(() => opened().statements.ids.all({ after, limit: PORTION }));
        for (const { id } of rows) yield id as SessionId;
        const last = rows.at(-1);
        if (!last) return;
        after = last.number;
      }
    },
    async expire(before) {
      let count = 0;
      for (;;) {
        const { changes } = whole(({ expire }) =>
          expire.run({ before, now: new Date(now()).toISOString(), limit: PORTION }),
        );
        count += changes;
        if (changes < PORTION) return count;
        await Bun.sleep(0);
      }
    },
    async check() {
      whole(() => undefined);
    },
    async compact() {
      attempt(() => {
        const { database } = opened();
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
function isTrouble(error: unknown): boolean {
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
