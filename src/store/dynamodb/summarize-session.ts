/** Stores the summary of a session. */
import type { SessionId } from "../../chat/types.ts";
import type { Summary } from "../types.ts";
import { integer, json } from "./attributes.ts";
import { currentTime, SESSION_EXISTS } from "./expiry.ts";
import { sessionKey } from "./session-item.ts";
import type { DynamoStoreOptions } from "./types.ts";

export async function summarizeSession(
  options: DynamoStoreOptions,
  id: SessionId,
  summary: Summary,
): Promise<void> {
  await options.table.update(sessionKey(id), {
    set: { summary: json(summary) },
    // A summary of more messages than there are was made before the session was cleared.
    condition: `${SESSION_EXISTS} AND #count >= :through`,
    values: { ...currentTime(options), ":through": integer(summary.through) },
    returns: "before",
  });
}
