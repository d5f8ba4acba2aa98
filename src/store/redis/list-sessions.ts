/** Lists and searches the sessions of an owner. */
import type { CallerId } from "../../access/types.ts";
import type { SessionId } from "../../chat/types.ts";
import { readOrSkip } from "../errors.ts";
import { foldCase, matchesSearch } from "../search-text.ts";
import type { ListedSession, ListOptions } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { ownerKey } from "./keys.ts";
import { readReply } from "./read-session.ts";
import { decodeSession, type ReadReply } from "./session-fields.ts";

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
  const range = searchText === "" ? { newest: 0 } : {};
  const replies = await Promise.all(
    members.map((member) => readReply(connection, sessionIdIn(member), range)),
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
