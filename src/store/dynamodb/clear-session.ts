/** Clears the history of a session. */
import type { SessionId } from "../../chat/types.ts";
import { integer } from "./attributes.ts";
import { deleteItems } from "./delete-session.ts";
import { currentTime, SESSION_EXISTS, sessionExpiry } from "./expiry.ts";
import { emptyHistory, encodeFields, sessionKey } from "./session-item.ts";
import type { DynamoStoreOptions } from "./types.ts";

/** Makes the session's item name no messages any more, then deletes their items. */
export async function clearSession(options: DynamoStoreOptions, id: SessionId, at: string): Promise<void> {
  const previous = await options.table.update(sessionKey(id), {
    set: {
      ...encodeFields(id, { at, title: "", allowed: [] }),
      turn: undefined,
      turnAt: undefined,
      waitsUntil: undefined,
      ...emptyHistory(),
      expires: integer(sessionExpiry(options, undefined)),
    },
    condition: SESSION_EXISTS,
    values: currentTime(options),
    returns: "before",
  });
  if (previous) await deleteItems(options.table, previous);
}
