import type { CallerId } from "../access/types.ts";
import type { SessionId } from "../chat/types.ts";
import type { Session } from "../store/types.ts";

/** One that nothing was said in yet. */
export function newSession(id: SessionId, owner: CallerId, now: Date): Session {
  const at = now.toISOString();
  return { id, owner, createdAt: at, updatedAt: at, title: "", allowed: [], seq: 0, spent: [] };
}
