/** Sessions in memory, ordered by last use. Idle sessions expire; beyond the limit the longest idle ones are evicted. Sessions of open connections do not expire, and are evicted last. */
import type { Message, SessionId } from "../chat/types.ts";
import { approvalDeadline } from "./change.ts";
import type { Session, Summary } from "./types.ts";

export interface MemoryStoreOptions {
  readonly maxSessions: number;
  readonly sessionTimeoutMs: number;
  /** Returns milliseconds. */
  readonly now: () => number;
}

export interface MemorySession {
  session: Session;
  messages: Message[];
  summary?: Summary | undefined;
  lastUsedAt: number;
}

export class MemorySessions {
  readonly #options: MemoryStoreOptions;
  /** A Map keeps insertion order and every use inserts again, so the first entry is the longest idle one. */
  readonly #entries = new Map<SessionId, MemorySession>();

  /** Sessions of open connections → their number. */
  readonly #retained = new Map<SessionId, number>();

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
  }

  add(session: Session): void {
    this.#entries.set(session.id, { session, messages: [], lastUsedAt: this.#options.now() });
    this.#evictIdle();
  }

  /** Returns a session and marks it as used. Returns undefined when it does not exist or has expired. */
  use(id: SessionId): MemorySession | undefined {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    this.#entries.delete(id);
    if (this.#isExpired(entry)) return undefined;
    entry.lastUsedAt = this.#options.now();
    this.#entries.set(id, entry);
    return entry;
  }

  /** Returns the sessions that have not expired. */
  all(): readonly MemorySession[] {
    return [...this.#entries.values()].filter((entry) => !this.#isExpired(entry));
  }

  /** Keeps a session, also one that is added later, until the returned function is called. Its idle time begins then. */
  retain(id: SessionId): () => void {
    this.#retained.set(id, (this.#retained.get(id) ?? 0) + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.use(id);
      const count = (this.#retained.get(id) ?? 1) - 1;
      if (count > 0) this.#retained.set(id, count);
      else this.#retained.delete(id);
    };
  }

  delete(id: SessionId): void {
    this.#entries.delete(id);
  }

  /** Deletes sessions that have not changed since `before` and do not wait for an approval. Returns their number. */
  expire(before: string): number {
    let count = 0;
    for (const [id, entry] of this.#entries) {
      if (entry.session.updatedAt >= before || this.#isNeeded(entry)) continue;
      this.#entries.delete(id);
      count += 1;
    }
    return count;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** An open connection keeps a session, and a pending approval does until it expires. */
  #isNeeded(entry: MemorySession): boolean {
    return this.#retained.has(entry.session.id) || this.#isAwaitingApproval(entry);
  }

  #isAwaitingApproval({ session }: MemorySession): boolean {
    return Date.parse(approvalDeadline(session.turn) ?? "") > this.#options.now();
  }

  #isIdle({ lastUsedAt }: MemorySession): boolean {
    return this.#options.now() - lastUsedAt > this.#options.sessionTimeoutMs;
  }

  #isExpired(entry: MemorySession): boolean {
    return this.#isIdle(entry) && !this.#isNeeded(entry);
  }

  #evictIdle(): void {
    const { maxSessions } = this.#options;
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= maxSessions && !this.#isIdle(entry)) return;
      if (!this.#isNeeded(entry)) this.#entries.delete(id);
    }
    // When these alone exceed the limit, sessions with pending approvals are evicted as well, and at last those of open connections,
    // whose next turn reports it.
    this.#evictBeyondLimit((id) => !this.#retained.has(id));
    this.#evictBeyondLimit(() => true);
  }

  #evictBeyondLimit(isEvictable: (id: SessionId) => boolean): void {
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.maxSessions) return;
      if (isEvictable(id)) this.#entries.delete(id);
    }
  }
}
