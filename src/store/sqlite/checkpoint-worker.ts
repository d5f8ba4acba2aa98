/** Moves the pages of a write-ahead log into its database, on a thread that may wait for the disk. */
import { Database } from "bun:sqlite";
import type { CheckpointDone } from "./checkpoints.ts";

declare const self: Worker;

/** Pages of a log that has grown through many checkpoints. */
const LONG_LOG_PAGES = 4000;

self.onmessage = ({ data: path }: MessageEvent<string>) => {
  try {
    // Opened each time, since the file may have been replaced.
    const database = new Database(path, { readwrite: true, create: false });
    database.run("PRAGMA busy_timeout = 1000");
    if (checkpoint(database, "PASSIVE") > LONG_LOG_PAGES) {
      // What was written meanwhile keeps the log from being used again. The last pass is short, and holds writes up.
      checkpoint(database, "PASSIVE");
      checkpoint(database, "RESTART");
    }
    database.close();
  } catch {
    // The store reports what is wrong with the file. The log grows until the next checkpoint.
  }
  self.postMessage("done" satisfies CheckpointDone);
};

/** Returns the pages of the log. */
function checkpoint(database: Database, mode: "PASSIVE" | "RESTART"): number {
  return database.query<{ log: number }, []>(`PRAGMA wal_checkpoint(${mode})`).get()?.log ?? 0;
}
