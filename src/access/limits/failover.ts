/** Uses a shared place, and a local one while the shared one is unavailable. */
import { AppError } from "../../errors.ts";

/** The time in milliseconds for which a place that failed is not used again. A failure may take seconds. */
const PAUSE_MS = 5000;

export interface FailoverOptions {
  /** Returns milliseconds. */
  readonly now: () => number;
  /** Called once when the shared place fails, until it works again. */
  readonly onOutage: (detail: string) => void;
  readonly onRecovery: () => void;
}

export class Failover {
  readonly #options: FailoverOptions;
  #isDown = false;
  #retryAt = 0;

  constructor(options: FailoverOptions) {
    this.#options = options;
  }

  /** Runs `shared`, or `local` when it fails with an AppError. @throws any other error, which is a bug */
  async run<Result>(shared: () => Promise<Result>, local: () => Promise<Result>): Promise<Result> {
    const { now, onOutage, onRecovery } = this.#options;
    if (this.#isDown) {
      if (now() < this.#retryAt) return await local();
      // One attempt finds out whether it is back; the others do not wait for it.
      this.#retryAt = now() + PAUSE_MS;
    }
    try {
      const result = await shared();
      if (this.#isDown) {
        this.#isDown = false;
        onRecovery();
      }
      return result;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#retryAt = now() + PAUSE_MS;
      if (!this.#isDown) {
        this.#isDown = true;
        onOutage(error.detail ?? error.message);
      }
      return await local();
    }
  }
}
