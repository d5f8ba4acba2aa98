/** Creates sessions. */
import { approvalDeadline } from "../change.ts";
import type { Session } from "../types.ts";
import { integer, json, optionalText, text } from "./attributes.ts";
import { currentTime, messageExpiryMargin, sessionExpiry } from "./expiry.ts";
import { encodeOpenTurn } from "./open-turn.ts";
import { emptyHistory, encodeFields, sessionKey } from "./session-item.ts";
import type { DynamoStoreOptions } from "./types.ts";

/** Creates a session in place of an expired one. Does nothing when a session with this id exists. */
export async function createSession(options: DynamoStoreOptions, session: Session): Promise<void> {
  const { table } = options;
  const { id, owner, createdBy, createdAt, updatedAt, turn, label, ...fields } = session;
  const deadline = approvalDeadline(turn);
  const expires = sessionExpiry(options, deadline);
  const messagesExpire = expires + messageExpiryMargin(options);
  const { attributes: turnAttributes, items } = encodeOpenTurn(id, turn, messagesExpire);
  await table.put(items);
  await table.update(sessionKey(id), {
    set: {
      owner: text(owner),
      createdBy: createdBy && json(createdBy),
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
