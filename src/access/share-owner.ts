/** The owner of shared copies. No caller has its id, so nobody can open a copy as a session, list it or continue it. */
import type { CallerId } from "./types.ts";

const PREFIX = "share:";

/** Returns the owner of the copies of a session. */
export function shareOwner(session: string): CallerId {
  return `${PREFIX}${session}` as CallerId;
}

/** Returns the session that a copy was made of. Undefined for a session that is no copy. */
export function sharedSession(owner: CallerId): string | undefined {
  return owner.startsWith(PREFIX) ? owner.slice(PREFIX.length) : undefined;
}
