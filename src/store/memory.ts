/** Sessions in this process's memory: the oldest idle one goes at the cap, each goes when it was idle too long. */
import type { Message, SessionId } from "../chat/types.ts";
import { applyChange, approvalDeadline } from "./change.ts";
import { sessionNotFound } from "./errors.ts";
import { createLocalLeases } from "./local-leases.ts";
import { foldCase, searchableText } from "./search-text.ts";
import type { ListedSession, Session, SessionStore, Summary } from "./types.ts";

export interface MemoryStoreOptions {
  readonly maxSessions: number;
  readonly sessionTimeoutMs: number;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Entry {
  session: Session;
  messages: Message[];
  summary?: Summary | undefined;
  lastUsedAt: number;
}

export function createMemoryStore({ maxSessions, sessionTimeoutMs, now }: MemoryStoreOptions): SessionStore {
  // A Map keeps insertion order and every use re-inserts, so the first entry is always the longest idle one.
  const entries = new Map<SessionId, Entry>();
  const { check: checkLease, ...leases } = createLocalLeases(now);

  /** A person who is asked gets the time that was promised. */
  function isAwaitingApproval({ session }: Entry): boolean {
    return Date.parse(approvalDeadline(session.turn) ?? "") > now();
  }

  function isExpired(entry: Entry): boolean {
    return now() - entry.lastUsedAt > sessionTimeoutMs && !isAwaitingApproval(entry);
  }

  function touch(id: SessionId): Entry | undefined {
    const entry = entries.get(id);
    if (!entry) return undefined;
    entries.delete(id);
    if (isExpired(entry)) return undefined;
    entry.lastUsedAt = now();
    entries.set(id, entry);
    return entry;
  }

  function evictIdle(): void {
    for (const [id, entry] of entries) {
      if (entries.size <= maxSessions && now() - entry.lastUsedAt <= sessionTimeoutMs) return;
      if (!isAwaitingApproval(entry)) entries.delete(id);
    }
    // There is no room for more that wait than there may be sessions.
    for (const id of entries.keys()) {
      if (entries.size <= maxSessions) return;
      entries.delete(id);
    }
  }

  function liveEntries(): readonly Entry[] {
    return [...entries.values()].filter((entry) => !isExpired(entry));
  }

  return {
    ...leases,
    async create(session) {
      if (touch(session.id)) return;
      entries.set(session.id, { session, messages: [], lastUsedAt: now() });
      evictIdle();
    },
    async read(id, { newest = Number.POSITIVE_INFINITY } = {}) {
      const entry = touch(id);
      if (!entry) return undefined;
      const { session, summary } = entry;
      const skipped = Math.max(0, entry.messages.length - newest);
      // A copy of the list: what was read does not change under the reader when more is added.
      return { session, messages: entry.messages.slice(skipped), skipped, ...(summary && { summary }) };
    },
    async write(id, change, lease) {
      const entry = touch(id);
      if (!entry) throw sessionNotFound();
      if (lease) checkLease(lease);
      entry.session = applyChange(entry.session, change);
      const messages = change.messages ?? [];
      const last = messages.at(-1);
      if (last && entry.messages.at(-1)?.id !== last.id) entry.messages.push(...messages);
    },
    async summarize(id, summary) {
      const entry = touch(id);
      // Notes on more than there is were made before the session was cleared.
      if (entry && summary.through <= entry.messages.length) entry.summary = summary;
    },
    async clear(id, at) {
      const entry = touch(id);
      if (!entry) return;
      entry.session = { ...entry.session, updatedAt: at, title: "", allowed: [], turn: undefined };
      entry.messages = [];
      entry.summary = undefined;
    },
    async delete(id) {
      entries.delete(id);
    },
    async list(owner, { limit, before, search = "" }) {
      const searchText = foldCase(search);
      return liveEntries()
        .filter(({ session }) => session.owner === owner)
        .filter(({ session }) => before === undefined || newestFirst(session, before) > 0)
        .filter(
          ({ session, messages }) =>
            searchText === "" ||
            foldCase(session.title).includes(searchText) ||
            messages.some((message) => searchableText(message)?.includes(searchText)),
        )
        .map(({ session, messages }): ListedSession => ({ ...session, messageCount: messages.length }))
        .sort(newestFirst)
        .slice(0, limit);
    },
    async *ids() {
      for (const { session } of liveEntries()) yield session.id;
    },
    async expire(before) {
      let count = 0;
      for (const [id, entry] of entries) {
        if (entry.session.updatedAt >= before || isAwaitingApproval(entry)) continue;
        entries.delete(id);
        count += 1;
      }
      return count;
    },
    async check() {},
    async close() {
      entries.clear();
    },
  };
}

type SessionPosition = Pick<Session, "updatedAt" | "id">;

function newestFirst(a: SessionPosition, b: SessionPosition): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? 1 : -1;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}
