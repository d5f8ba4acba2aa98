/** Who may use a session, a file or a request for approval. The only place that knows how anonymous owners are told apart. */
import type { Caller, CallerId } from "./types.ts";

/** Returns whether a caller may use what `owner` owns. What an anonymous caller owns is open to everybody who knows its random id. */
export function isAccessible(owner: CallerId, caller: Caller): boolean {
  return owner === caller.id || owner.startsWith("anonymous:");
}
