/** Iterates over all sessions. */
import type { SessionId } from "../../chat/types.ts";
import type { RedisConnection } from "./connection.ts";
import { IDS_KEY, sessionKey } from "./keys.ts";
import type { RedisStoreOptions } from "./types.ts";
import { deleteSession } from "./write-session.ts";

const PAGE_SIZE = 100;

/** Yields the ids of the sessions that exist. */
export async function* listIds(connection: RedisConnection): AsyncGenerator<SessionId> {
  for await (const ids of readIdPages(connection)) {
    const exist = await Promise.all(ids.map((id) => connection.send("EXISTS", sessionKey(id))));
    for (const [index, id] of ids.entries()) if (exist[index] === 1) yield id as SessionId;
  }
}

export async function expireSessions(
  { connection, now }: RedisStoreOptions,
  before: string,
): Promise<number> {
  let count = 0;
  for await (const ids of readIdPages(connection)) {
    const deleted = await Promise.all(ids.map((id) => deleteSession(connection, id, { before, now: now() })));
    count += deleted.filter(Boolean).length;
  }
  return count;
}

/** Yields pages of all session ids. Some of the sessions may have expired. */
async function* readIdPages(connection: RedisConnection): AsyncGenerator<readonly string[]> {
  let after = "-";
  for (;;) {
    const reply = await connection.send("ZRANGEBYLEX", IDS_KEY, after, "+", "LIMIT", "0", `${PAGE_SIZE}`);
    const ids = reply as readonly string[];
    if (ids.length === 0) return;
    yield ids;
    after = `(${ids.at(-1)}`;
  }
}
