/**
 * Locks a data folder to one process. The lock is an open transaction of an empty database, which the operating system releases
 * when the process ends for any reason.
 */
import { Database, SQLiteError } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

/** Returns a function that releases the lock, or undefined when another process has it. */
export function lockFolder(folder: string): (() => void) | undefined {
  const path = join(folder, "lock");
  closeSync(openSync(path, "a", 0o600));
  const database = new Database(path);
  try {
    database.run("PRAGMA busy_timeout = 0");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof SQLiteError && error.code?.startsWith("SQLITE_BUSY")) return undefined;
    throw error;
  }
  return () => database.close();
}
