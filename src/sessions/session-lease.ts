/** The lease of a session: acquired before its state changes, renewed while a turn runs, then released. */
import { randomUUID } from "node:crypto";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Lease } from "../store/types.ts";

/** A lease that is not renewed for this many milliseconds can be acquired by another process. */
export const LEASE_MS = 10_000;
const POLL_INTERVAL_MS = 250;
/** The longest wait for a turn of another process. */
const MAX_WAIT_MS = 15 * 60_000;

type LeaseApp = Pick<App, "store" | "now" | "sleep">;

/** Runs changes of a session one after the other, each while this process holds the lease. */
export class SessionMutex {
  readonly #app: LeaseApp;
  readonly #session: SessionId;
  #last: Promise<unknown> = Promise.resolve();

  constructor(app: LeaseApp, session: SessionId) {
    this.#app = app;
    this.#session = session;
  }

  /**
   * Waits for the lease and runs `work`. The lease is released when `work` returns undefined; otherwise its result owns the lease.
   * @throws AppError `store_unavailable`, the reason of `signal`, or `cancelled`, when it aborts during the wait, or `queue_full` after the longest wait.
   */
  runExclusive<Result>(work: (lease: Lease) => Promise<Result>, signal = NEVER_ABORTED): Promise<Result> {
    return this.#enqueue(async () => this.#runWithLease(await this.#acquireWhenFree(signal), work));
  }

  /** Runs `work` if the lease is free. Returns false when another process has it. @throws AppError `store_unavailable` */
  tryRunExclusive(work: (lease: Lease) => Promise<void>): Promise<boolean> {
    return this.#enqueue(async () => {
      const lease = await this.#acquire();
      if (lease) await this.#runWithLease(lease, work);
      return lease !== undefined;
    });
  }

  async #runWithLease<Result>(lease: Lease, work: (lease: Lease) => Promise<Result>): Promise<Result> {
    let result: Result | undefined;
    try {
      result = await work(lease);
      return result;
    } finally {
      if (result === undefined) await releaseQuietly(this.#app, lease);
    }
  }

  async #enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.#last.then(work);
    // Without its result, which would stay in memory as long as the session.
    this.#last = run.then(ignore, ignore);
    return await run;
  }

  #acquire(): Promise<Lease | undefined> {
    return this.#app.store.acquire(this.#session, randomUUID(), LEASE_MS);
  }

  async #acquireWhenFree(signal: AbortSignal): Promise<Lease> {
    const { now, sleep } = this.#app;
    const deadline = now().getTime() + MAX_WAIT_MS;
    for (;;) {
      const lease = await this.#acquire();
      if (lease) return lease;
      if (signal.aborted)
        throw signal.reason instanceof AppError
          ? signal.reason
          : new AppError("cancelled", "Stopped before its turn had come.");
      if (now().getTime() > deadline)
        throw new AppError("queue_full", "Another question of this conversation is still being answered.", {
          retryable: true,
        });
      await sleep(POLL_INTERVAL_MS, signal);
    }
  }
}

function ignore(): void {}

const NEVER_ABORTED = new AbortController().signal;

/** Ignores errors: a lease that cannot be released expires. */
async function releaseQuietly({ store }: Pick<LeaseApp, "store">, lease: Lease): Promise<void> {
  await store.release(lease).catch(() => undefined);
}

/** Renews a lease and returns the function that releases it. `onLost`: another process may have the session now. */
export function renewLease(
  app: Pick<LeaseApp, "store">,
  lease: Lease,
  onLost: () => void,
): () => Promise<void> {
  const timer = setInterval(async () => {
    // An unavailable store says nothing about who has the lease.
    const isRenewed = await app.store.renew(lease, LEASE_MS).catch(() => true);
    if (!isRenewed) onLost();
  }, LEASE_MS / 3);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await releaseQuietly(app, lease);
  };
}
