import type { Caller } from "../access/types.ts";
import type { SessionId } from "../chat/types.ts";
import type { Session } from "../store/types.ts";

/** Returns a session without messages. */
export function newSession(id: SessionId, owner: Pick<Caller, "id" | "identity">, now: Date): Session {
  const at = now.toISOString();
  const { identity } = owner;
  const createdBy = identity && {
    user: identity.user,
    ...(identity.organization !== undefined && { organization: identity.organization }),
  };
  return {
    id,
    owner: owner.id,
    ...(createdBy && { createdBy }),
    createdAt: at,
    updatedAt: at,
    title: "",
    allowed: [],
    seq: 0,
    spent: [],
  };
}
