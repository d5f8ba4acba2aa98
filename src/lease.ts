/** The right to run a session's turns, as long as it is needed: got when it is free, renewed, given back. */
import { randomUUID } from "node:crypto";
import type { App } from "./app.ts";
import type { SessionId } from "./chat/types.ts";
import { AppError } from "./errors.ts";
import type { Lease } from "./store/types.ts";

/** A process that says nothing for so long is taken for dead. */
const LEASE_MS = 10_000;
const LOOK_AGAIN_MS = 250;
/** A turn elsewhere may take long; the one who waits for it is told in the end. */
const LONGEST_WAIT_MS = 15 * 60_000;

type LeaseApp = Pick<App, "store" | "now" | "sleep">;

/** Undefined: somebody has it. @throws AppError `store_unavailable` */
export function acquire({ store }: Pick<LeaseApp, "store">, session: SessionId): Promise<Lease | undefined> {
  return store.acquire(session, randomUUID(), LEASE_MS);
}

/** @throws AppError `store_unavailable`, or `queue_full`: somebody has had it all the time. */
export async function acquireWhenFree(app: LeaseApp, session: SessionId): Promise<Lease> {
  const { now, sleep } = app;
  const deadline = now().getTime() + LONGEST_WAIT_MS;
  for (;;) {
    const lease = await acquire(app, session);
    if (lease) return lease;
    if (now().getTime() > deadline)
      throw new AppError("queue_full", "Another question of this conversation is still being answered.", {
        retryable: true,
      });
    await sleep(LOOK_AGAIN_MS, NEVER);
  }
}

const NEVER = new AbortController().signal;

/** Renews it until what is returned is called. `lost`: somebody else may have the session now. */
export function keepLease({ store }: LeaseApp, lease: Lease, lost: () => void): () => Promise<void> {
  const timer = setInterval(async () => {
    // A store that does not answer says nothing about who has the session.
    const isKept = await store.renew(lease, LEASE_MS).catch(() => true);
    if (!isKept) lost();
  }, LEASE_MS / 3);
  timer.unref();
  return async () => {
    clearInterval(timer);
    // It runs out by itself where it cannot be given back.
    await store.release(lease).catch(() => undefined);
  };
}
