/** Creates, changes and deletes sessions. Each operation is one atomic script. */
import type { SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { leaseLost, sessionNotFound } from "../errors.ts";
import type { Lease, Session, SessionChange, Summary } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { IDS_KEY, leaseKey, messagesKey, sessionKey } from "./keys.ts";
import * as scripts from "./scripts.ts";
import { encodeFields } from "./session-fields.ts";
import type { RedisStoreOptions } from "./types.ts";

export async function createSession(options: RedisStoreOptions, session: Session): Promise<void> {
  const { id, owner, createdBy, createdAt, updatedAt, label } = session;
  await options.connection.runScript(
    scripts.CREATE,
    [sessionKey(id), messagesKey(id), IDS_KEY],
    [
      id,
      owner,
      updatedAt,
      ...timeArguments(options),
      "owner",
      owner,
      "createdAt",
      createdAt,
      ...(createdBy === undefined ? [] : ["createdBy", stringifyJson(createdBy)]),
      ...(label === undefined ? [] : ["label", label]),
      ...encodeFields({ ...session, at: updatedAt }),
    ],
  );
}

export async function writeSession(
  options: RedisStoreOptions,
  id: SessionId,
  { messages = [], replaceFrom, ...change }: SessionChange,
  lease: Lease | undefined,
): Promise<void> {
  const fields = encodeFields(change);
  const outcome = await options.connection.runScript(
    scripts.WRITE,
    [sessionKey(id), messagesKey(id), leaseKey(id)],
    [
      id,
      change.at,
      ...timeArguments(options),
      lease?.holder ?? "",
      lease ? `${lease.fence}` : "",
      change.turn === undefined ? "0" : "1",
      messages.at(-1)?.id ?? "",
      `${fields.length}`,
      replaceFrom === undefined ? "" : `${replaceFrom}`,
      ...fields,
      ...messages.map((message) => stringifyJson(message)),
    ],
  );
  if (outcome === "session_not_found") throw sessionNotFound();
  if (outcome === "lease_lost") throw leaseLost();
}

export async function summarizeSession(
  connection: RedisConnection,
  id: SessionId,
  summary: Summary,
): Promise<void> {
  const keys = [sessionKey(id), messagesKey(id)];
  await connection.runScript(scripts.SUMMARIZE, keys, [`${summary.through}`, stringifyJson(summary)]);
}

export async function clearSession(options: RedisStoreOptions, id: SessionId, at: string): Promise<void> {
  await options.connection.runScript(
    scripts.CLEAR,
    [sessionKey(id), messagesKey(id)],
    [id, at, ...timeArguments(options)],
  );
}

/**
 * Deletes a session. Returns whether it existed.
 * @param unused deletes it only if it has not changed since `before` and does not wait for an approval at `now`.
 */
export async function deleteSession(
  connection: RedisConnection,
  id: string,
  unused?: { readonly before: string; readonly now: number },
): Promise<boolean> {
  const keys = [sessionKey(id), messagesKey(id), IDS_KEY];
  const condition = unused ? [unused.before, `${unused.now}`] : [];
  return (await connection.runScript(scripts.DELETE, keys, [id, ...condition])) === 1;
}

/** Returns the parameters `now` and `retention` of a script, in milliseconds. */
function timeArguments({ now, retentionMs }: RedisStoreOptions): readonly string[] {
  return [`${now()}`, `${Math.ceil(retentionMs)}`];
}
