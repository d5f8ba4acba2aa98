/** The tables of the SQLite store, and the migrations from older versions. */
import type { Database } from "bun:sqlite";
import { StartError } from "../../errors.ts";

/** The migrations in order; each is applied once. A released migration never changes. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE sessions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    title TEXT NOT NULL,
    folded_title TEXT NOT NULL,
    model TEXT,
    allowed TEXT NOT NULL,
    seq INTEGER NOT NULL,
    spent TEXT NOT NULL,
    turn TEXT,
    waits_until TEXT,
    summary TEXT,
    message_count INTEGER NOT NULL DEFAULT 0,
    last_message TEXT
  ) STRICT;
  CREATE INDEX sessions_of_owner ON sessions (owner, updated_at, id);
  CREATE TABLE messages (
    session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    position INTEGER NOT NULL,
    said TEXT,
    json TEXT NOT NULL,
    PRIMARY KEY (session, position)
  ) STRICT, WITHOUT ROWID;`,
  "ALTER TABLE sessions ADD COLUMN label TEXT",
  // One row, which health checks replace.
  "CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
  // Model usage by subject, in a day (2026-11-29) or month (2026-11) of UTC.
  `CREATE TABLE usage (
    period TEXT NOT NULL,
    subject TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    micro_usd INTEGER NOT NULL,
    PRIMARY KEY (period, subject)
  ) STRICT, WITHOUT ROWID`,
  "ALTER TABLE sessions ADD COLUMN feedback TEXT",
  "ALTER TABLE sessions ADD COLUMN created_by TEXT",
  // Without row ids, each message of more than 1 KB takes pages of its own: four times the space.
  `CREATE TABLE messages_by_row (
    session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
    position INTEGER NOT NULL,
    said TEXT,
    json TEXT NOT NULL,
    UNIQUE (session, position)
  ) STRICT;
  INSERT INTO messages_by_row (session, position, said, json)
    SELECT session, position, said, json FROM messages ORDER BY session, position;
  DROP TABLE messages;
  ALTER TABLE messages_by_row RENAME TO messages`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Applies the missing migrations. @throws StartError when a newer version of specchat wrote the file. */
export function migrate(database: Database, path: string): void {
  const version =
    database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  if (version > SCHEMA_VERSION)
    throw new StartError(
      `${path} was written by a newer specchat (schema ${version}; this version supports ${SCHEMA_VERSION}). Use the newer version, or set another folder with --data-dir.`,
    );
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      database.run(statements);
      database.run(`PRAGMA user_version = ${index + 1}`);
    })();
  }
}
