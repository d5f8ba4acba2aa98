/** The right to run a session's turns, as long as it is needed: got when it is free, renewed, given back. */
import { randomUUID } from "node:crypto";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Lease } from "../store/types.ts";

/** A process that says nothing for so long is taken for dead. */
const LEASE_MS = 10_000;
const POLL_INTERVAL_MS = 250;
/** A turn elsewhere may take long; the one who waits for it is told in the end. */
const MAX_WAIT_MS = 15 * 60_000;

type LeaseApp = Pick<App, "store" | "now" | "sleep">;

/** What is decided about a session: one thing after the other, each as the one who has the session. */
export class SessionMutex {
  readonly #app: LeaseApp;
  readonly #session: SessionId;
  #last: Promise<unknown> = Promise.resolve();

  constructor(app: LeaseApp, session: SessionId) {
    this.#app = app;
    this.#session = session;
  }

  /**
   * Once the session is free. The lease stays with what `work` returns; where that is nothing, it is given back.
   * @throws AppError `store_unavailable`, `cancelled` when `signal` aborts while somebody else has it, or `queue_full` when
   * they have it all the time.
   */
  runExclusive<Result>(work: (lease: Lease) => Promise<Result>, signal = NEVER_ABORTED): Promise<Result> {
    return this.#enqueue(async () => this.#runWithLease(await this.#acquireWhenFree(signal), work));
  }

  /** False: somebody else has the session, and nothing was done. @throws AppError `store_unavailable` */
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
    this.#last = run.catch(() => undefined);
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
      if (signal.aborted) throw new AppError("cancelled", "Stopped before its turn had come.");
      if (now().getTime() > deadline)
        throw new AppError("queue_full", "Another question of this conversation is still being answered.", {
          retryable: true,
        });
      await sleep(POLL_INTERVAL_MS, signal);
    }
  }
}

const NEVER_ABORTED = new AbortController().signal;

/** It runs out by itself where it cannot be given back. */
async function releaseQuietly({ store }: Pick<LeaseApp, "store">, lease: Lease): Promise<void> {
  await store.release(lease).catch(() => undefined);
}

/** Renews it until what is returned is called. `lost`: somebody else may have the session now. */
export function renewLease(
  app: Pick<LeaseApp, "store">,
  lease: Lease,
  onLost: () => void,
): () => Promise<void> {
  const timer = setInterval(async () => {
    // A store that does not answer says nothing about who has the session.
    const isRenewed = await app.store.renew(lease, LEASE_MS).catch(() => true);
    if (!isRenewed) onLost();
  }, LEASE_MS / 3);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await releaseQuietly(app, lease);
  };
}
