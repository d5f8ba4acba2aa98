/** Reads the hash and the messages of a session. */
import type { SessionId } from "../../chat/types.ts";
import type { MessageRange, StoredSession } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { messagesKey, sessionKey } from "./keys.ts";
import * as scripts from "./scripts.ts";
import { decodeSession, type ReadReply } from "./session-fields.ts";

export async function readSession(
  connection: RedisConnection,
  id: SessionId,
  range: MessageRange,
): Promise<StoredSession | undefined> {
  const reply = await readReply(connection, id, range);
  return reply && decodeSession(id, reply);
}

/** Returns undefined when the session does not exist. */
export async function readReply(
  connection: RedisConnection,
  id: string,
  { newest = -1, before = -1 }: MessageRange,
): Promise<ReadReply | undefined> {
  const keys = [sessionKey(id), messagesKey(id)];
  const reply = (await connection.runScript(scripts.READ, keys, [`${newest}`, `${before}`])) as ReadReply;
  return reply[0].length === 0 ? undefined : reply;
}
