/** Clears the history of a session. */
import type { SessionId } from "../../chat/types.ts";
import { integer } from "./attributes.ts";
import { deleteItems } from "./delete-session.ts";
import { currentTime, SESSION_EXISTS, sessionExpiry } from "./expiry.ts";
import { emptyHistory, encodeFields, sessionKey } from "./session-item.ts";
import type { DynamoStoreOptions } from "./types.ts";

/** Removes the history from the session's item, then deletes the items of the messages. */
export async function clearSession(options: DynamoStoreOptions, id: SessionId, at: string): Promise<void> {
  const previous = await options.table.update(sessionKey(id), {
    set: {
      ...encodeFields(id, { at, title: "", allowed: [] }),
      feedback: undefined,
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
