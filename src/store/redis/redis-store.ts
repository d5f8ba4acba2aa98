/**
 * Stores sessions in Redis or Valkey, for several processes. A session is a hash and a list of messages; each owner has a list
 * of sessions. Unused sessions expire after the retention.
 */
import { stringifyJson } from "../../json.ts";
import type { SessionStore } from "../types.ts";
import { messagesKey, sessionKey } from "./keys.ts";
import { acquireLease, releaseLease, renewLease } from "./leases.ts";
import { expireSessions, listIds, listSessions } from "./list-sessions.ts";
import { readReply } from "./read-session.ts";
import * as scripts from "./scripts.ts";
import { decodeSession } from "./session-fields.ts";
import type { RedisStoreOptions } from "./types.ts";
import { clearSession, createSession, deleteSession, writeSession } from "./write-session.ts";

export function createRedisStore(options: RedisStoreOptions): SessionStore {
  const { connection } = options;
  return {
    create: (session) => createSession(options, session),
    async read(id, { newest = -1 } = {}) {
      const reply = await readReply(connection, id, newest);
      return reply && decodeSession(id, reply);
    },
    write: (id, change, lease) => writeSession(options, id, change, lease),
    async summarize(id, summary) {
      const keys = [sessionKey(id), messagesKey(id)];
      await connection.runScript(scripts.SUMMARIZE, keys, [`${summary.through}`, stringifyJson(summary)]);
    },
    clear: (id, at) => clearSession(options, id, at),
    async delete(id) {
      await deleteSession(connection, id);
    },
    list: (owner, listOptions) => listSessions(connection, owner, listOptions),
    ids: () => listIds(connection),
    expire: (before) => expireSessions(options, before),
    acquire: (id, holder, forMs) => acquireLease(connection, id, holder, forMs),
    renew: (lease, forMs) => renewLease(connection, lease, forMs),
    release: (lease) => releaseLease(connection, lease),
    async check() {
      await connection.send("PING");
    },
    async close() {
      connection.close();
    },
  };
}
