/** The file of the SQLite store: made for this user alone, opened, brought up to date, locked to one process. */
import { Database, SQLiteError } from "bun:sqlite";
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../../errors.ts";
import { messageOf } from "../errors.ts";
import { lockFolder } from "../folder-lock.ts";
import { migrate } from "./schema.ts";

const FILE_NAME = "conversations.sqlite";

export interface SqliteFile {
  readonly path: string;
  /** A connection to the file as it is now. @throws SQLiteError, StartError */
  connect(): SqliteConnection;
  /** Gives the folder back to other processes. */
  unlock(): void;
}

export interface SqliteConnection {
  readonly database: Database;
  /** False when the file was moved away or replaced: what is written to it now, nobody would find again. */
  isInPlace(): boolean;
}

/**
 * @param shared does not mind another process that works with the file: for reading alone.
 * @throws StartError
 */
export function openSqliteFile(folder: string, shared: boolean): SqliteFile {
  const path = join(folder, FILE_NAME);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const unlock = lockFolder(folder);
    if (unlock === undefined && !shared)
      throw new StartError(
        `Another specchat works in ${folder}. Stop it first, or give this one a folder of its own with --data-dir.`,
      );
    try {
      createPrivateFile(path);
      connect(path).database.close();
    } catch (error) {
      unlock?.();
      throw error;
    }
    return { path, connect: () => connect(path), unlock: () => unlock?.() };
  } catch (error) {
    throw toStartError(error, path, folder);
  }
}

/** The files SQLite puts beside it get the same mode. */
function createPrivateFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
}

function connect(path: string): SqliteConnection {
  const database = new Database(path, { readwrite: true, create: false, strict: true });
  try {
    database.run("PRAGMA busy_timeout = 2000");
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = NORMAL");
    database.run("PRAGMA foreign_keys = ON");
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
      `Conversations cannot be kept in ${folder}: ${messageOf(error)}. Name another folder with --data-dir, or keep them in memory with --store memory.`,
    );
  const isDamaged = /^SQLITE_(NOTADB|CORRUPT|ERROR)/.test(error.code ?? "");
  return new StartError(
    isDamaged
      ? `${path} is no database of specchat, or it is damaged: ${error.message}. Move it away, or put a backup in its place, and start again.`
      : `${path} cannot be used: ${error.message}. Is there room, and may this user write there? Another folder is named with --data-dir.`,
  );
}
