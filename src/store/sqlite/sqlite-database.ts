/** The open database of the store. It is opened again after errors and when its file was replaced. */
import { SQLiteError } from "bun:sqlite";
import { AppError, StartError } from "../../errors.ts";
import { messageOf, storeUnavailable } from "../errors.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { SqliteConnection, SqliteFile } from "./file.ts";
import { prepareStatements, type Statements } from "./statements.ts";

const PROBE_BYTES = 1;
const FULL_PROBE_BYTES = 200_000;

interface OpenDatabase extends SqliteConnection {
  readonly statements: Statements;
}

/** Methods throw AppError `store_unavailable` when the file is missing, full, read-only or damaged. */
export class SqliteDatabase {
  readonly #file: SqliteFile;
  readonly #checkpoints: Checkpoints;
  #current: OpenDatabase | undefined;
  /** True after work that failed, until a probe succeeds. */
  #hasFailed = false;

  constructor(file: SqliteFile) {
    this.#file = file;
    this.#checkpoints = new Checkpoints(file.path);
  }

  run<T>(work: (statements: Statements) => T): T {
    return this.#withStoreErrors(() => work(this.#open().statements));
  }

  /** Runs all of the work in one transaction, or nothing of it. */
  transaction<T>(work: (statements: Statements) => T): T {
    return this.#withStoreErrors(() => {
      const { database, statements } = this.#open();
      statements.begin.run();
      try {
        const result = work(statements);
        statements.commit.run();
        this.#checkpoints.onTransaction();
        return result;
      } catch (error) {
        // Some errors of SQLite have ended the transaction already.
        if (database.inTransaction) statements.rollback.run();
        throw error;
      }
    });
  }

  /** Writes a page, which a full disk or a read-only file refuses. After a failure it writes as much as a turn does. */
  probe(): void {
    const bytes = this.#hasFailed ? FULL_PROBE_BYTES : PROBE_BYTES;
    this.transaction(({ probe }) => probe.run({ bytes }));
    this.#hasFailed = false;
  }

  /** Returns the space of deleted rows to the file system. */
  compact(): void {
    this.#withStoreErrors(() => {
      const { database } = this.#open();
      database.run("VACUUM");
      database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    });
  }

  close(): void {
    this.#checkpoints.close();
    this.#disconnect();
    this.#file.unlock();
  }

  #open(): OpenDatabase {
    if (this.#current && !this.#current.isInPlace()) this.#disconnect();
    if (!this.#current) {
      const connection = this.#file.connect();
      this.#current = { ...connection, statements: prepareStatements(connection.database) };
    }
    return this.#current;
  }

  #disconnect(): void {
    this.#current?.database.close();
    this.#current = undefined;
  }

  #withStoreErrors<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError || !isUnavailable(error)) throw error;
      this.#disconnect();
      this.#hasFailed = true;
      throw storeUnavailable(`${this.#file.path}: ${messageOf(error)}`, error);
    }
  }
}

/** Returns whether the operating system refused access to the file or its folder. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "code" in error;
}

/** Returns whether the file is missing, full, read-only, damaged or of another program. All other errors of SQLite are bugs of specchat. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof StartError || isSystemError(error)) return true;
  return error instanceof SQLiteError && !/^SQLITE_(CONSTRAINT|MISUSE|RANGE|MISMATCH)/.test(error.code ?? "");
}
