/** Expiry of sessions. DynamoDB deletes an item some time after its `expires`, so reads check it as well. */
import type { Item } from "./attributes.ts";
import { integer } from "./attributes.ts";
import type { DynamoStoreOptions } from "./types.ts";

const DAY_MS = 86_400_000;

type Clock = Pick<DynamoStoreOptions, "now">;

/** Condition: the session exists and has not expired. An item can hold a lease before its session is created. */
export const SESSION_EXISTS = "attribute_exists(#owner) AND #expires >= :now";

/** Returns the values of {@link SESSION_EXISTS}. */
export function currentTime({ now }: Clock) {
  return { ":now": integer(toSeconds(now())) };
}

export function isLive(item: Item | undefined, { now }: Clock): item is Item {
  return item?.owner !== undefined && Number(item.expires?.N) >= toSeconds(now());
}

/** Returns when a session expires that is used now, in seconds: after the retention, but not before the approval deadline. */
export function sessionExpiry(
  { now, retentionMs }: DynamoStoreOptions,
  deadline: string | undefined,
): number {
  return toSeconds(Math.max(now() + retentionMs, Date.parse(deadline ?? "") || 0));
}

/** Returns how much longer than the session its messages last, in seconds. Only some writes have to extend their expiry. */
export function messageExpiryMargin({ retentionMs }: DynamoStoreOptions): number {
  return toSeconds(Math.max(retentionMs / 4, DAY_MS));
}

/** Returns the time one day after `ms`, in seconds. */
export function dayAfter(ms: number): number {
  return toSeconds(ms + DAY_MS);
}

export function toSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
