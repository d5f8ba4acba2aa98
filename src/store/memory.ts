/** The session store of a process that keeps nothing when it ends. */
import type { CallerId } from "../access/types.ts";
import { applyChange } from "./change.ts";
import { sessionNotFound } from "./errors.ts";
import { createLocalLeases } from "./local-leases.ts";
import { type MemorySession, MemorySessions, type MemoryStoreOptions } from "./memory-sessions.ts";
import { foldCase, matchesSearch } from "./search-text.ts";
import type { ListedSession, ListOptions, Session, SessionChange, SessionStore } from "./types.ts";

export function createMemoryStore(options: MemoryStoreOptions): SessionStore {
  const sessions = new MemorySessions(options);
  const { assertActive, ...leases } = createLocalLeases(options.now);
  return {
    ...leases,
    async create(session) {
      if (!sessions.use(session.id)) sessions.add(session);
    },
    async read(id, { newest = Number.POSITIVE_INFINITY, before } = {}) {
      const entry = sessions.use(id);
      if (!entry) return undefined;
      const { session, summary } = entry;
      const end = Math.min(before ?? entry.messages.length, entry.messages.length);
      const skipped = Math.max(0, end - newest);
      // A copy: messages that are appended later do not change the result.
      return { session, messages: entry.messages.slice(skipped, end), skipped, ...(summary && { summary }) };
    },
    async write(id, change, lease) {
      const entry = sessions.use(id);
      if (!entry) throw sessionNotFound();
      if (lease) assertActive(lease);
      writeChange(entry, change);
    },
    async summarize(id, summary) {
      const entry = sessions.use(id);
      // A summary of more messages than there are was made before the session was cleared.
      if (entry && summary.through <= entry.messages.length) entry.summary = summary;
    },
    async clear(id, at) {
      const entry = sessions.use(id);
      if (!entry) return;
      entry.session = {
        ...entry.session,
        updatedAt: at,
        title: "",
        allowed: [],
        feedback: undefined,
        turn: undefined,
      };
      entry.messages = [];
      entry.summary = undefined;
    },
    async delete(id) {
      sessions.delete(id);
    },
    async list(owner, listOptions) {
      return listSessions(sessions.all(), owner, listOptions);
    },
    async *ids() {
      for (const { session } of sessions.all()) yield session.id;
    },
    async expire(before) {
      return sessions.expire(before);
    },
    retain: (id) => sessions.retain(id),
    async check() {},
    async close() {
      sessions.clear();
    },
  };
}

function writeChange(entry: MemorySession, change: SessionChange): void {
  entry.session = applyChange(entry.session, change);
  const messages = change.messages ?? [];
  const last = messages.at(-1);
  if (!last || entry.messages.at(-1)?.id === last.id) return;
  const { replaceFrom = entry.messages.length } = change;
  if (entry.summary && entry.summary.through > replaceFrom) entry.summary = undefined;
  entry.messages.splice(replaceFrom, entry.messages.length, ...messages);
}

function listSessions(
  entries: readonly MemorySession[],
  owner: CallerId,
  { limit, before, search = "" }: ListOptions,
): readonly ListedSession[] {
  const searchText = foldCase(search);
  return entries
    .filter(({ session }) => session.owner === owner)
    .filter(({ session }) => before === undefined || compareNewestFirst(session, before) > 0)
    .filter(({ session, messages }) => matchesSearch(session.title, messages, searchText))
    .map(({ session, messages }): ListedSession => ({ ...session, messageCount: messages.length }))
    .sort(compareNewestFirst)
    .slice(0, limit);
}

type SessionPosition = Pick<Session, "updatedAt" | "id">;

function compareNewestFirst(a: SessionPosition, b: SessionPosition): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? 1 : -1;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}
