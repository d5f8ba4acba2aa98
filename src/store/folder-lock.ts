/**
 * One process at a time works in a data folder. The lock is one of the operating system's, held through an open
 * transaction of an empty database: it ends with the process, however that ends, and needs no cleaning up.
 */
import { Database, SQLiteError } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

/** Undefined: another process has it. The function gives it back. */
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
