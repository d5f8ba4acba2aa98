/** Lists sessions page by page: those of an owner, or all of them. */
import type { CallerId } from "../../access/types.ts";
import type { SessionId } from "../../chat/types.ts";
import { readOrSkip } from "../errors.ts";
import { foldCase, matchesSearch } from "../search-text.ts";
import type { ListedSession, ListOptions } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { IDS_KEY, ownerKey, sessionKey } from "./keys.ts";
import { readReply } from "./read-session.ts";
import { decodeSession, type ReadReply } from "./session-fields.ts";
import type { RedisStoreOptions } from "./types.ts";
import { deleteSession } from "./write-session.ts";

const PAGE_SIZE = 100;

export async function listSessions(
  connection: RedisConnection,
  owner: CallerId,
  { limit, before, search = "" }: ListOptions,
): Promise<readonly ListedSession[]> {
  const key = ownerKey(owner);
  const searchText = foldCase(search);
  const listed: ListedSession[] = [];
  let cursor = before ? `(${before.updatedAt} ${before.id}` : "+";
  while (listed.length < limit) {
    const count = searchText === "" ? Math.min(PAGE_SIZE, limit - listed.length) : PAGE_SIZE;
    const reply = await connection.send("ZREVRANGEBYLEX", key, cursor, "-", "LIMIT", "0", `${count}`);
    const members = reply as readonly string[];
    for (const session of await readMembers(connection, key, members, searchText))
      if (listed.length < limit) listed.push(session);
    if (members.length < count) break;
    cursor = `(${members.at(-1)}`;
  }
  return listed;
}

/** Reads the sessions of a page that contain the text. Removes expired sessions from the owner's list. */
async function readMembers(
  connection: RedisConnection,
  key: string,
  members: readonly string[],
  searchText: string,
): Promise<readonly ListedSession[]> {
  const newest = searchText === "" ? 0 : -1;
  const replies = await Promise.all(
    members.map((member) => readReply(connection, sessionIdIn(member), newest)),
  );
  const expired = members.filter((_, index) => replies[index] === undefined);
  if (expired.length > 0) await connection.send("ZREM", key, ...expired);
  return members.flatMap((member, index) => {
    const reply = replies[index];
    return (reply && readOrSkip(() => decodeMatching(sessionIdIn(member), reply, searchText))) ?? [];
  });
}

/** Returns undefined when the session does not contain the text. */
function decodeMatching(id: SessionId, reply: ReadReply, searchText: string): ListedSession | undefined {
  const { session, messages } = decodeSession(id, reply);
  const [, messageCount] = reply;
  return matchesSearch(session.title, messages, searchText) ? { ...session, messageCount } : undefined;
}

function sessionIdIn(member: string): SessionId {
  return member.slice(member.indexOf(" ") + 1) as SessionId;
}

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
