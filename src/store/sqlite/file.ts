/** Opens the file of the SQLite store: creates it for this user only, migrates it and locks it to one process. */
import { Database, SQLiteError } from "bun:sqlite";
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../../errors.ts";
import { messageOf } from "../errors.ts";
import { lockFolder } from "../folder-lock.ts";
import { migrate } from "./schema.ts";

const FILE_NAME = "conversations.sqlite";
/** The pages of sessions in use stay in memory. */
const CACHE_KB = 16_000;
/** Pages of the write-ahead log from which on a write moves them itself, when checkpoints in the worker come too late. */
const MAX_LOG_PAGES = 20_000;

export interface SqliteFile {
  readonly path: string;
  /** Opens the file that is at `path` now. @throws SQLiteError, StartError */
  connect(): SqliteConnection;
  /** Lets other processes use the folder. */
  unlock(): void;
}

export interface SqliteConnection {
  readonly database: Database;
  /** Returns false when the file was moved or replaced. Writes to it would be lost. */
  isInPlace(): boolean;
}

export interface SqliteFileOptions {
  readonly folder: string;
  /** Opens the file even when another process uses it. Only for reading. */
  readonly shared: boolean;
  /** What a power failure may take: `normal` the last writes, `full` nothing. https://sqlite.org/pragma.html#pragma_synchronous */
  readonly synchronous: "normal" | "full";
}

/** Creates and opens the file. @throws StartError */
export function openSqliteFile({ folder, shared, synchronous }: SqliteFileOptions): SqliteFile {
  const path = join(folder, FILE_NAME);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const unlock = lockFolder(folder);
    if (unlock === undefined && !shared)
      throw new StartError(
        `Another specchat process uses ${folder}. Stop it, or set another folder with --data-dir.`,
      );
    try {
      createPrivateFile(path);
      connect(path, synchronous).database.close();
    } catch (error) {
      unlock?.();
      throw error;
    }
    return { path, connect: () => connect(path, synchronous), unlock: () => unlock?.() };
  } catch (error) {
    throw toStartError(error, path, folder);
  }
}

/** Creates the file. The files that SQLite creates next to it get the same mode. */
function createPrivateFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
}

function connect(path: string, synchronous: SqliteFileOptions["synchronous"]): SqliteConnection {
  const database = new Database(path, { readwrite: true, create: false, strict: true });
  try {
    database.run("PRAGMA busy_timeout = 2000");
    database.run("PRAGMA journal_mode = WAL");
    database.run(`PRAGMA synchronous = ${synchronous}`);
    database.run("PRAGMA foreign_keys = ON");
    database.run(`PRAGMA cache_size = -${CACHE_KB}`);
    database.run(`PRAGMA wal_autocheckpoint = ${MAX_LOG_PAGES}`);
    migrate(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  const { ino } = statSync(path);
  return { database, isInPlace: () => statSync(path, { throwIfNoEntry: false })?.ino === ino };
}

function toStartError(error: unknown, path: string, folder: string): unknown {
  if (error instanceof StartError) return error;
  if (!(error instanceof SQLiteError))
    return new StartError(
      `Cannot store conversations in ${folder}: ${messageOf(error)}. Set another folder with --data-dir, or use --store memory.`,
    );
  const isDamaged = /^SQLITE_(NOTADB|CORRUPT|ERROR)/.test(error.code ?? "");
  return new StartError(
    isDamaged
      ? `${path} is not a specchat database, or it is damaged: ${error.message}. Move it or restore a backup, then start again.`
      : `Cannot open ${path}: ${error.message}. Check the free disk space and the permissions, or set another folder with --data-dir.`,
  );
}
