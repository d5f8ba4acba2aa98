/**
 * Sessions in Redis or Valkey, for several processes at once. Of each session a hash and the list of its messages; of each
 * owner the list of sessions. What nobody uses for the time of retention expires by itself.
 */
import type { CallerId } from "../../access/types.ts";
import type { Message, SessionId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { approvalDeadline } from "../change.ts";
import { leaseLost, parseStored, readOrSkip, sessionNotFound } from "../errors.ts";
import { foldCase, searchableText } from "../search-text.ts";
import type { Lease, ListedSession, Session, SessionStore, StoredSession, Summary } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import * as scripts from "./scripts.ts";

export interface RedisStoreOptions {
  readonly connection: RedisConnection;
  readonly retentionMs: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** How many sessions are asked for in one go. */
const PAGE_SIZE = 100;
const IDS_KEY = "specchat:ids";
const FENCE_KEY = "specchat:fence";

const sessionKey = (id: string) => `specchat:session:${id}`;
const messagesKey = (id: string) => `specchat:messages:${id}`;
const leaseKey = (id: string) => `specchat:lease:${id}`;

/** What READ returns: fields and values in turn, how many messages there are, those that were asked for. */
type ReadReply = readonly [fields: readonly string[], count: number, messages: readonly string[]];

export function createRedisStore({ connection, retentionMs, now }: RedisStoreOptions): SessionStore {
  const retention = `${Math.ceil(retentionMs)}`;
  const timeArguments = () => [`${now()}`, retention];

  async function readReply(id: string, newest: number): Promise<ReadReply | undefined> {
    const read = await connection.runScript(scripts.READ, [sessionKey(id), messagesKey(id)], [`${newest}`]);
    const [fields, count, messages] = read as ReadReply;
    return fields.length === 0 ? undefined : [fields, count, messages];
  }

  function runLeaseScript({ session, holder, fence }: Lease, script: string, ...more: readonly string[]) {
    return connection.runScript(script, [leaseKey(session)], [holder, `${fence}`, ...more]);
  }

  function deleteSession(id: string, ...when: readonly string[]): Promise<unknown> {
    return connection.runScript(scripts.DELETE, [sessionKey(id), messagesKey(id), IDS_KEY], [id, ...when]);
  }

  /** Every id there is a list entry of; some may have expired. */
  async function* pagesOfIds(): AsyncGenerator<readonly string[]> {
    let after = "-";
    for (;;) {
      const ids = await connection.send("ZRANGEBYLEX", IDS_KEY, after, "+", "LIMIT", "0", `${PAGE_SIZE}`);
      const found = ids as readonly string[];
      if (found.length === 0) return;
      yield found;
      after = `(${found.at(-1)}`;
    }
  }

  return {
    async create({ turn, ...session }) {
      const { id, owner, updatedAt, label } = session;
      await connection.runScript(
        scripts.CREATE,
        [sessionKey(id), messagesKey(id), IDS_KEY],
        [
          id,
          owner,
          updatedAt,
          ...timeArguments(),
          "owner",
          owner,
          "createdAt",
          session.createdAt,
          ...(label === undefined ? [] : ["label", label]),
          ...toFields({ ...session, at: updatedAt, turn }),
        ],
      );
    },
    async read(id, { newest = -1 } = {}) {
      const read = await readReply(id, newest);
      return read && toStoredSession(id, read);
    },
    async write(id, { messages = [], ...change }, lease) {
      const fields = toFields(change);
      const outcome = await connection.runScript(
        scripts.WRITE,
        [sessionKey(id), messagesKey(id), leaseKey(id)],
        [
          id,
          change.at,
          ...timeArguments(),
          lease?.holder ?? "",
          lease ? `${lease.fence}` : "",
          change.turn === undefined ? "0" : "1",
          messages.at(-1)?.id ?? "",
          `${fields.length}`,
          ...fields,
          ...messages.map((message) => stringifyJson(message)),
        ],
      );
      if (outcome === "session_not_found") throw sessionNotFound();
      if (outcome === "lease_lost") throw leaseLost();
    },
    async summarize(id, summary) {
      const keys = [sessionKey(id), messagesKey(id)];
      await connection.runScript(scripts.SUMMARIZE, keys, [`${summary.through}`, stringifyJson(summary)]);
    },
    async clear(id, at) {
      await connection.runScript(
        scripts.CLEAR,
        [sessionKey(id), messagesKey(id)],
        [id, at, ...timeArguments()],
      );
    },
    async delete(id) {
      await deleteSession(id);
    },
    async list(owner, { limit, before, search = "" }) {
      const key = `specchat:owner:${owner}`;
      const searchText = foldCase(search);
      const listed: ListedSession[] = [];
      let cursor = before ? `(${before.updatedAt} ${before.id}` : "+";
      while (listed.length < limit) {
        const count = searchText === "" ? Math.min(PAGE_SIZE, limit - listed.length) : PAGE_SIZE;
        const found = await connection.send("ZREVRANGEBYLEX", key, cursor, "-", "LIMIT", "0", `${count}`);
        const members = found as readonly string[];
        const replies = await Promise.all(
          members.map((member) => readReply(sessionIdIn(member), searchText === "" ? 0 : -1)),
        );
        const missing = members.filter((_, index) => replies[index] === undefined);
        if (missing.length > 0) await connection.send("ZREM", key, ...missing);
        for (const [index, member] of members.entries()) {
          const read = replies[index];
          const session = read && readOrSkip(() => toListedSession(sessionIdIn(member), read, searchText));
          if (session && listed.length < limit) listed.push(session);
        }
        if (members.length < count) break;
        cursor = `(${members.at(-1)}`;
      }
      return listed;
    },
    async *ids() {
      for await (const ids of pagesOfIds()) {
        const exist = await Promise.all(ids.map((id) => connection.send("EXISTS", sessionKey(id))));
        for (const [index, id] of ids.entries()) if (exist[index] === 1) yield id as SessionId;
      }
    },
    async expire(before) {
      let count = 0;
      for await (const ids of pagesOfIds()) {
        const dropped = await Promise.all(ids.map((id) => deleteSession(id, before, `${now()}`)));
        count += dropped.filter((gone) => gone === 1).length;
      }
      return count;
    },
    async acquire(session, holder, forMs) {
      const fence = await connection.runScript(
        scripts.ACQUIRE,
        [leaseKey(session), FENCE_KEY],
        [holder, `${forMs}`],
      );
      return typeof fence === "number" ? { session, holder, fence } : undefined;
    },
    async renew(lease, forMs) {
      return (await runLeaseScript(lease, scripts.RENEW, `${forMs}`)) === 1;
    },
    async release(lease) {
      await runLeaseScript(lease, scripts.RELEASE);
    },
    async check() {
      await connection.send("PING");
    },
    async close() {
      connection.close();
    },
  };
}

function sessionIdIn(member: string): SessionId {
  return member.slice(member.indexOf(" ") + 1) as SessionId;
}

type StoredFields = Pick<Session, "model" | "turn"> &
  Partial<Pick<Session, "title" | "allowed" | "seq" | "spent">>;

/** Names and values in turn, of what is given. */
function toFields({
  at,
  title,
  model,
  allowed,
  seq,
  spent,
  turn,
}: Omit<StoredFields, "turn"> & { at: string; turn?: Session["turn"] | null }): string[] {
  const until = approvalDeadline(turn);
  const fields: Record<string, string | undefined> = {
    updatedAt: at,
    title,
    model,
    allowed: allowed && stringifyJson(allowed),
    seq: seq === undefined ? undefined : `${seq}`,
    spent: spent && stringifyJson(spent),
    turn: turn ? stringifyJson(turn) : undefined,
    waitsUntil: until === undefined ? undefined : `${Date.parse(until)}`,
  };
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}

/** @throws AppError `session_not_found` when it cannot be read. */
function toStoredSession(id: SessionId, [list, count, messages]: ReadReply): StoredSession {
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < list.length; index += 2)
    fields.set(list[index] ?? "", list[index + 1] ?? "");
  const { model, turn, summary, label } = Object.fromEntries(fields);
  return {
    session: {
      id,
      owner: (fields.get("owner") ?? "") as CallerId,
      createdAt: fields.get("createdAt") ?? "",
      updatedAt: fields.get("updatedAt") ?? "",
      title: fields.get("title") ?? "",
      ...(model !== undefined && { model }),
      allowed: parseStored(id, fields.get("allowed") ?? ""),
      seq: Number(fields.get("seq")),
      spent: parseStored(id, fields.get("spent") ?? ""),
      ...(turn !== undefined && { turn: parseStored(id, turn) }),
      ...(label !== undefined && { label }),
    },
    messages: messages.map((message) => parseStored<Message>(id, message)),
    skipped: count - messages.length,
    ...(summary !== undefined && { summary: parseStored<Summary>(id, summary) }),
  };
}

/** Undefined: it has not the text that is wanted. */
function toListedSession(id: SessionId, read: ReadReply, searchText: string): ListedSession | undefined {
  const { session, messages } = toStoredSession(id, read);
  const isFound =
    searchText === "" ||
    foldCase(session.title).includes(searchText) ||
    messages.some((message) => searchableText(message)?.includes(searchText));
  return isFound ? { ...session, messageCount: read[1] } : undefined;
}
