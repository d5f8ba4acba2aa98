/** Reads the hash and the messages of a session. */
import type { SessionId } from "../../chat/types.ts";
import type { StoredSession } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { messagesKey, sessionKey } from "./keys.ts";
import * as scripts from "./scripts.ts";
import { decodeSession, type ReadReply } from "./session-fields.ts";

/** Reads a session. `newest` limits the messages to the last ones; -1 reads all of them. */
export async function readSession(
  connection: RedisConnection,
  id: SessionId,
  newest: number,
): Promise<StoredSession | undefined> {
  const reply = await readReply(connection, id, newest);
  return reply && decodeSession(id, reply);
}

/** Returns undefined when the session does not exist. */
export async function readReply(
  connection: RedisConnection,
  id: string,
  newest: number,
): Promise<ReadReply | undefined> {
  const reply = await connection.runScript(scripts.READ, [sessionKey(id), messagesKey(id)], [`${newest}`]);
  const [fields, count, messages] = reply as ReadReply;
  return fields.length === 0 ? undefined : [fields, count, messages];
}
