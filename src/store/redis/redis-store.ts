/**
 * Stores sessions in Redis or Valkey, for several processes. A session is a hash and a list of messages; each owner has a list
 * of sessions. Unused sessions expire after the retention.
 */
import type { SessionStore } from "../types.ts";
import { expireSessions, listIds } from "./all-sessions.ts";
import { FENCE_KEY, IDS_KEY, PROBE_KEY } from "./keys.ts";
import { acquireLease, releaseLease, renewLease } from "./leases.ts";
import { listSessions } from "./list-sessions.ts";
import { readSession } from "./read-session.ts";
import type { RedisStoreOptions } from "./types.ts";
import {
  clearSession,
  createSession,
  deleteSession,
  summarizeSession,
  writeSession,
} from "./write-session.ts";

export function createRedisStore(options: RedisStoreOptions): SessionStore {
  const { connection } = options;
  return {
    create: (session) => createSession(options, session),
    read: (id, range = {}) => readSession(connection, id, range),
    write: (id, change, lease) => writeSession(options, id, change, lease),
    summarize: (id, summary) => summarizeSession(connection, id, summary),
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
      // A server that is out of memory or read-only answers a PING.
      await connection.send("SET", PROBE_KEY, "1", "PX", "60000");
      // Another program may have replaced the keys that all sessions share.
      await connection.send("ZCARD", IDS_KEY);
      await connection.send("INCRBY", FENCE_KEY, "0");
    },
    async close() {
      connection.close();
    },
  };
}
