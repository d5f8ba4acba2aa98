/** Sessions in this process's memory: the oldest idle one goes at the cap, each goes when it was idle too long. */
import type { Message, SessionId } from "../chat/types.ts";
import { AppError } from "../errors.ts";
import type { Session, SessionStore, Summary } from "./types.ts";

export interface MemoryStoreOptions {
  readonly maxSessions: number;
  readonly sessionTimeoutMs: number;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Entry {
  readonly session: Session;
  messages: Message[];
  summary?: Summary | undefined;
  usedAt: number;
}

export function createMemoryStore({ maxSessions, sessionTimeoutMs, now }: MemoryStoreOptions): SessionStore {
  // A Map keeps insertion order and every use re-inserts, so the first entry is always the longest idle one.
  const entries = new Map<SessionId, Entry>();

  function use(id: SessionId): Entry | undefined {
    const entry = entries.get(id);
    if (!entry) return undefined;
    entries.delete(id);
    if (now() - entry.usedAt > sessionTimeoutMs) return undefined;
    entry.usedAt = now();
    entries.set(id, entry);
    return entry;
  }

  function dropIdle(): void {
    for (const [id, { usedAt }] of entries) {
      if (entries.size <= maxSessions && now() - usedAt <= sessionTimeoutMs) return;
      entries.delete(id);
    }
  }

  return {
    async create(session) {
      entries.set(session.id, { session, messages: [], usedAt: now() });
      dropIdle();
    },
    async read(id, { newest = Number.POSITIVE_INFINITY } = {}) {
      const entry = use(id);
      if (!entry) return undefined;
      const { session, summary } = entry;
      const skipped = Math.max(0, entry.messages.length - newest);
      // A copy of the list: what was read does not change under the reader when more is appended.
      return { session, messages: entry.messages.slice(skipped), skipped, ...(summary && { summary }) };
    },
    async append(id, messages) {
      const entry = use(id);
      if (!entry)
        throw new AppError("session_not_found", "This conversation is no longer kept. Start a new one.");
      entry.messages.push(...messages);
    },
    async summarize(id, summary) {
      const entry = use(id);
      // Notes on more than there is were made before the session was cleared.
      if (entry && summary.through <= entry.messages.length) entry.summary = summary;
    },
    async clear(id) {
      const entry = use(id);
      if (!entry) return;
      entry.messages = [];
      entry.summary = undefined;
    },
    async close() {
      entries.clear();
    },
  };
}
