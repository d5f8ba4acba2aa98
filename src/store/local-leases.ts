/** The leases of a store that a single process uses. They are held in memory: no other process can acquire one. */
import type { SessionId } from "../chat/types.ts";
import { leaseLost } from "./errors.ts";
import type { Lease, SessionStore } from "./types.ts";

interface ActiveLease {
  readonly lease: Lease;
  until: number;
}

export interface LocalLeases extends Pick<SessionStore, "acquire" | "renew" | "release"> {
  /** @throws AppError `lease_lost` */
  assertActive(lease: Lease): void;
}

/** Creates the leases. `now` returns milliseconds. */
export function createLocalLeases(now: () => number): LocalLeases {
  const leases = new Map<SessionId, ActiveLease>();
  let fence = 0;

  function findActive({ session, holder, fence }: Lease): ActiveLease | undefined {
    const found = leases.get(session);
    return found?.lease.holder === holder && found.lease.fence === fence ? found : undefined;
  }

  return {
    async acquire(session, holder, forMs) {
      const other = leases.get(session);
      if (other && other.lease.holder !== holder && other.until > now()) return undefined;
      fence += 1;
      const lease = { session, holder, fence };
      leases.set(session, { lease, until: now() + forMs });
      return lease;
    },
    async renew(lease, forMs) {
      const active = findActive(lease);
      if (active) active.until = now() + forMs;
      return active !== undefined;
    },
    async release(lease) {
      if (findActive(lease)) leases.delete(lease.session);
    },
    assertActive(lease) {
      if (!findActive(lease)) throw leaseLost();
    },
  };
}
