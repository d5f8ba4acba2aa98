/** Long results for clients that have no session of their own: each is known by an id that nobody can guess. */
import { randomUUID } from "node:crypto";
import type { SessionId } from "../../chat/types.ts";
import type { ResultId, ResultStore, StoredResultLookup } from "../../results/types.ts";

export interface ResultLinkLimits {
  readonly maxResults: number;
  readonly ttlMs: number;
  readonly now: () => number;
}

export class ResultLinks {
  readonly #store: ResultStore;
  readonly #limits: ResultLinkLimits;
  /** Until when each is kept, the oldest first. */
  readonly #expiresAt = new Map<SessionId, number>();

  constructor(store: ResultStore, limits: ResultLinkLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  async save(_session: SessionId, text: string, chunkSize: number): Promise<ResultId> {
    const id = randomUUID() as SessionId;
    this.#expiresAt.set(id, this.#limits.now() + this.#limits.ttlMs);
    await this.#evictExpired();
    await this.#store.save(id, text, chunkSize);
    return toResultId(id);
  }

  /** Whoever asks is told of none but what they name. */
  async find(_session: SessionId, id: string): Promise<StoredResultLookup> {
    await this.#evictExpired();
    const key = id.trim() as SessionId;
    if (!this.#expiresAt.has(key)) return { outcome: "unknown", known: [] };
    const found = await this.#store.find(key, ONLY_RESULT_ID);
    return found.outcome === "found"
      ? { outcome: "found", result: { ...found.result, id: toResultId(key) } }
      : { outcome: "evicted" };
  }

  async #evictExpired(): Promise<void> {
    const { maxResults, now } = this.#limits;
    for (const [id, expiresAt] of this.#expiresAt) {
      if (this.#expiresAt.size <= maxResults && now() < expiresAt) return;
      this.#expiresAt.delete(id);
      await this.#store.deleteSession(id);
    }
  }
}

/** What the store calls the first and only result of a session. */
const ONLY_RESULT_ID = "r1";

function toResultId(id: SessionId): ResultId {
  return id as string as ResultId;
}
