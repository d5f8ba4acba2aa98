/**
 * Has the write-ahead log moved into the database by a worker. SQLite would do it within a write of the thread that serves people,
 * and wait for the disk.
 */

/** The worker's module within the executable. Set by the build. */
declare const CHECKPOINT_WORKER: string | undefined;

export type CheckpointDone = "done";

/** Transactions between two checkpoints, of about four pages each. */
const TRANSACTIONS = 250;

export class Checkpoints {
  readonly #path: string;
  #worker: Worker | undefined;
  #transactions = 0;
  #isRunning = false;

  /** @param path of the database. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Counts a transaction. The worker is started by the first checkpoint. */
  onTransaction(): void {
    this.#transactions += 1;
    if (this.#transactions < TRANSACTIONS || this.#isRunning) return;
    this.#transactions = 0;
    this.#isRunning = true;
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#path);
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    const path = typeof CHECKPOINT_WORKER === "string" ? CHECKPOINT_WORKER : "./checkpoint-worker.ts";
    const worker = new Worker(new URL(path, import.meta.url), { ref: false });
    worker.onmessage = () => {
      this.#isRunning = false;
    };
    // Without a worker, SQLite moves a long log itself.
    worker.onerror = () => {};
    return worker;
  }
}
