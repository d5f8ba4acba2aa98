/** Decides who may use a session, a file or an approval request. Only this file knows how anonymous owners are recognised. */
import type { Caller, CallerId } from "./types.ts";

/** Returns a prefix for keys that authenticated callers own. Those of all other callers share one, and cannot be guessed. */
export function keyScope({ id, identity }: Caller): string {
  return identity === undefined ? "" : `${id} `;
}

/** Returns whether a caller may use what `owner` owns. Without authentication, objects of anonymous owners are open to everyone who knows their id. */
export function isAccessible(owner: CallerId, caller: Caller): boolean {
  return owner === caller.id || (owner.startsWith("anonymous:") && caller.identity === undefined);
}
