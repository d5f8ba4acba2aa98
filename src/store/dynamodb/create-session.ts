/** Creates, clears and summarises sessions: updates of the session's item that do not depend on what it contains. */
import type { SessionId } from "../../chat/types.ts";
import { approvalDeadline } from "../change.ts";
import type { Session, Summary } from "../types.ts";
import { integer, json, optionalText, text } from "./attributes.ts";
import { deleteItems } from "./delete-session.ts";
import { currentTime, messageExpiryMargin, SESSION_EXISTS, sessionExpiry } from "./expiry.ts";
import { encodeOpenTurn } from "./open-turn.ts";
import { emptyHistory, encodeFields, sessionKey } from "./session-item.ts";
import type { DynamoStoreOptions } from "./types.ts";

export async function createSession(options: DynamoStoreOptions, session: Session): Promise<void> {
  const { table } = options;
  const { id, owner, createdAt, updatedAt, turn, label, ...fields } = session;
  const deadline = approvalDeadline(turn);
  const expires = sessionExpiry(options, deadline);
  const messagesExpire = expires + messageExpiryMargin(options);
  const { attributes: turnAttributes, items } = encodeOpenTurn(id, turn, messagesExpire);
  await table.put(items);
  await table.update(sessionKey(id), {
    set: {
      owner: text(owner),
      createdAt: text(createdAt),
      model: undefined,
      label: label === undefined ? undefined : json(label),
      ...encodeFields(id, { ...fields, at: updatedAt }),
      ...turnAttributes,
      waitsUntil: optionalText(deadline),
      ...emptyHistory(),
      messagesExpire: integer(messagesExpire),
      expires: integer(expires),
    },
    condition: "attribute_not_exists(#owner) OR #expires < :now",
    values: currentTime(options),
    returns: "before",
  });
}

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
