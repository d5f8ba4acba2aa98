/** The leases of a store that one process has for itself: in its memory, as nobody else can hold one. */
import type { SessionId } from "../chat/types.ts";
import { leaseLost } from "./errors.ts";
import type { Lease, SessionStore } from "./types.ts";

interface HeldLease {
  readonly lease: Lease;
  until: number;
}

export interface LocalLeases extends Pick<SessionStore, "acquire" | "renew" | "release"> {
  /** @throws AppError `lease_lost` */
  check(lease: Lease): void;
}

/** `now` in milliseconds. */
export function createLocalLeases(now: () => number): LocalLeases {
  const leases = new Map<SessionId, HeldLease>();
  let fence = 0;

  function findCurrent({ session, holder, fence }: Lease): HeldLease | undefined {
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
      const current = findCurrent(lease);
      if (current) current.until = now() + forMs;
      return current !== undefined;
    },
    async release(lease) {
      if (findCurrent(lease)) leases.delete(lease.session);
    },
    check(lease) {
      if (!findCurrent(lease)) throw leaseLost();
    },
  };
}
