/** Encodes sessions as fields of a Redis hash, and decodes them. */
import type { CallerId } from "../../access/types.ts";
import type { Message, SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { approvalDeadline } from "../change.ts";
import { parseStored } from "../errors.ts";
import type { Session, SessionChange, StoredSession, Summary } from "../types.ts";

/** The result of the READ script: alternating field names and values, the number of messages, the requested messages and that of older ones. */
export type ReadReply = readonly [
  fields: readonly string[],
  count: number,
  messages: readonly string[],
  skipped: number,
];

type FieldChange = Omit<SessionChange, "messages" | "model" | "replaceFrom" | "turn"> & {
  readonly model?: string | undefined;
  readonly turn?: SessionChange["turn"] | undefined;
};

/** Returns alternating names and values of the fields that change. */
export function encodeFields({
  at,
  title,
  model,
  allowed,
  seq,
  spent,
  feedback,
  turn,
}: FieldChange): string[] {
  const deadline = approvalDeadline(turn);
  const fields: Record<string, string | undefined> = {
    updatedAt: at,
    title,
    model,
    allowed: allowed && stringifyJson(allowed),
    seq: seq === undefined ? undefined : `${seq}`,
    spent: spent && stringifyJson(spent),
    feedback: feedback && stringifyJson(feedback),
    turn: turn ? stringifyJson(turn) : undefined,
    waitsUntil: deadline === undefined ? undefined : `${Date.parse(deadline)}`,
  };
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}

/** @throws AppError `session_not_found` when the stored data is unreadable. */
export function decodeSession(id: SessionId, [list, , messages, skipped]: ReadReply): StoredSession {
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < list.length; index += 2)
    fields.set(list[index] ?? "", list[index + 1] ?? "");
  const { createdBy, model, feedback, turn, summary, label } = Object.fromEntries(fields);
  return {
    session: {
      id,
      owner: (fields.get("owner") ?? "") as CallerId,
      ...(createdBy !== undefined && { createdBy: parseStored<Session["createdBy"]>(id, createdBy) }),
      createdAt: fields.get("createdAt") ?? "",
      updatedAt: fields.get("updatedAt") ?? "",
      title: fields.get("title") ?? "",
      ...(model !== undefined && { model }),
      allowed: parseStored(id, fields.get("allowed") ?? ""),
      seq: Number(fields.get("seq")),
      spent: parseStored<Session["spent"]>(id, fields.get("spent") ?? ""),
      ...(feedback !== undefined && { feedback: parseStored<Session["feedback"]>(id, feedback) }),
      ...(turn !== undefined && { turn: parseStored(id, turn) }),
      ...(label !== undefined && { label }),
    },
    messages: messages.map((message) => parseStored<Message>(id, message)),
    skipped,
    ...(summary !== undefined && { summary: parseStored<Summary>(id, summary) }),
  };
}
