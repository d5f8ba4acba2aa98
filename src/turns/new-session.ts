import type { CallerId } from "../access/types.ts";
import type { SessionId } from "../chat/types.ts";
import type { Session } from "../store/types.ts";

/** Returns a session without messages. */
export function newSession(id: SessionId, owner: CallerId, now: Date): Session {
  const at = now.toISOString();
  return { id, owner, createdAt: at, updatedAt: at, title: "", allowed: [], seq: 0, spent: [] };
}
