/** The leases of a store that one process has for itself: in its memory, as nobody else can hold one. */
import type { SessionId } from "../chat/types.ts";
import { leaseLost } from "./errors.ts";
import type { Lease, SessionStore } from "./types.ts";

interface Held {
  readonly lease: Lease;
  until: number;
}

export interface LocalLeases extends Pick<SessionStore, "acquire" | "renew" | "release"> {
  /** @throws AppError `lease_lost` */
  check(lease: Lease): void;
}

/** `now` in milliseconds. */
export function createLocalLeases(now: () => number): LocalLeases {
  const held = new Map<SessionId, Held>();
  let fence = 0;

  function current({ session, holder, fence }: Lease): Held | undefined {
    const found = held.get(session);
    return found?.lease.holder === holder && found.lease.fence === fence ? found : undefined;
  }

  return {
    async acquire(session, holder, forMs) {
      const other = held.get(session);
      if (other && other.lease.holder !== holder && other.until > now()) return undefined;
      fence += 1;
      const lease = { session, holder, fence };
      held.set(session, { lease, until: now() + forMs });
      return lease;
    },
    async renew(lease, forMs) {
      const own = current(lease);
      if (own) own.until = now() + forMs;
      return own !== undefined;
    },
    async release(lease) {
      if (current(lease)) held.delete(lease.session);
    },
    check(lease) {
      if (!current(lease)) throw leaseLost();
    },
  };
}
