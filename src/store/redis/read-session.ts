/** Reads the hash and the messages of a session. */
import type { RedisConnection } from "./connection.ts";
import { messagesKey, sessionKey } from "./keys.ts";
import * as scripts from "./scripts.ts";
import type { ReadReply } from "./session-fields.ts";

/** Returns undefined when the session does not exist. `newest` limits the messages to the last ones; -1 reads all. */
export async function readReply(
  connection: RedisConnection,
  id: string,
  newest: number,
): Promise<ReadReply | undefined> {
  const reply = await connection.runScript(scripts.READ, [sessionKey(id), messagesKey(id)], [`${newest}`]);
  const [fields, count, messages] = reply as ReadReply;
  return fields.length === 0 ? undefined : [fields, count, messages];
}
