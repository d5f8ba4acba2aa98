/** Sessions in memory, ordered by last use. Idle sessions expire; beyond the limit the longest idle ones are evicted. */
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

  delete(id: SessionId): void {
    this.#entries.delete(id);
  }

  /** Deletes sessions that have not changed since `before` and do not wait for an approval. Returns their number. */
  expire(before: string): number {
    let count = 0;
    for (const [id, entry] of this.#entries) {
      if (entry.session.updatedAt >= before || this.#isAwaitingApproval(entry)) continue;
      this.#entries.delete(id);
      count += 1;
    }
    return count;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** A pending approval keeps a session until the approval expires. */
  #isAwaitingApproval({ session }: MemorySession): boolean {
    return Date.parse(approvalDeadline(session.turn) ?? "") > this.#options.now();
  }

  #isIdle({ lastUsedAt }: MemorySession): boolean {
    return this.#options.now() - lastUsedAt > this.#options.sessionTimeoutMs;
  }

  #isExpired(entry: MemorySession): boolean {
    return this.#isIdle(entry) && !this.#isAwaitingApproval(entry);
  }

  #evictIdle(): void {
    const { maxSessions } = this.#options;
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= maxSessions && !this.#isIdle(entry)) return;
      if (!this.#isAwaitingApproval(entry)) this.#entries.delete(id);
    }
    // Sessions with pending approvals are evicted as well when they alone exceed the limit.
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= maxSessions) return;
      this.#entries.delete(id);
    }
  }
}
