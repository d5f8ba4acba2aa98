/** Stores sessions in one DynamoDB table that several processes share. */
import type { SessionStore } from "../types.ts";
import { text } from "./attributes.ts";
import { clearSession } from "./clear-session.ts";
import { createSession } from "./create-session.ts";
import { deleteSession, expireSessions } from "./delete-session.ts";
import { acquireLease, releaseLease, renewLease } from "./leases.ts";
import { listIds, listSessions } from "./list-sessions.ts";
import { readSession } from "./read-session.ts";
import { summarizeSession } from "./summarize-session.ts";
import type { DynamoStoreOptions } from "./types.ts";
import { writeSession } from "./write-session.ts";

export function createDynamoStore(options: DynamoStoreOptions): SessionStore {
  const { table } = options;
  return {
    create: (session) => createSession(options, session),
    read: (id, range = {}) => readSession(options, id, range),
    write: (id, change, lease) => writeSession(options, id, change, lease),
    summarize: (id, summary) => summarizeSession(options, id, summary),
    clear: (id, at) => clearSession(options, id, at),
    async delete(id) {
      await deleteSession(options, id);
    },
    list: (owner, listOptions) => listSessions(options, owner, listOptions),
    ids: () => listIds(options),
    expire: (before) => expireSessions(options, before),
    acquire: (id, holder, forMs) => acquireLease(options, id, holder, forMs),
    renew: (lease, forMs) => renewLease(options, lease, forMs),
    release: (lease) => releaseLease(options, lease),
    async check() {
      await table.read({ pk: text("-"), sk: text("-") });
    },
    async close() {
      table.close();
    },
  };
}
