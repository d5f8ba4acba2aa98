/** Leases of sessions: attributes of the session's item, which can exist before the session is created. */
import type { SessionId } from "../../chat/types.ts";
import type { Lease } from "../types.ts";
import { type Item, integer, text } from "./attributes.ts";
import { dayAfter, toSeconds } from "./expiry.ts";
import { sessionKey } from "./session-item.ts";
import type { DynamoStoreOptions } from "./types.ts";

/** Condition: the lease is still held. Its values are {@link leaseValues}. */
export const HOLDS_LEASE = "#holder = :holder AND #fence = :fence";

export function leaseValues({ holder, fence }: Lease): Readonly<Item> {
  return { ":holder": text(holder), ":fence": integer(fence) };
}

export async function acquireLease(
  { table, now }: DynamoStoreOptions,
  session: SessionId,
  holder: string,
  forMs: number,
): Promise<Lease | undefined> {
  const acquired = await table.update(sessionKey(session), {
    set: { holder: text(holder), leaseUntil: integer(now() + forMs) },
    // A new fence starts at the current time, so it is higher than any before it even when the item was deleted in between.
    compute: [
      "#fence = if_not_exists(#fence, :fence) + :one",
      "#expires = if_not_exists(#expires, :expires)",
    ],
    condition: "attribute_not_exists(#holder) OR #holder = :holder OR #leaseUntil <= :time",
    values: {
      ":fence": integer(toSeconds(now())),
      ":one": integer(1),
      ":expires": integer(dayAfter(now() + forMs)),
      ":holder": text(holder),
      ":time": integer(now()),
    },
    returns: "after",
  });
  return acquired && { session, holder, fence: Number(acquired.fence?.N) };
}

export async function renewLease(
  { table, now }: DynamoStoreOptions,
  lease: Lease,
  forMs: number,
): Promise<boolean> {
  const renewed = await table.update(sessionKey(lease.session), {
    set: { leaseUntil: integer(now() + forMs) },
    condition: HOLDS_LEASE,
    values: leaseValues(lease),
    returns: "before",
  });
  return renewed !== undefined;
}

export async function releaseLease({ table }: DynamoStoreOptions, lease: Lease): Promise<void> {
  await table.update(sessionKey(lease.session), {
    set: { holder: undefined, leaseUntil: undefined },
    condition: HOLDS_LEASE,
    values: leaseValues(lease),
    returns: "before",
  });
}
