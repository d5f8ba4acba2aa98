/** Stores long results for clients without a session. Each has a random id that grants access to it. */
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
  /** Expiry in Unix milliseconds by id, the oldest first. */
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

  /** Finds a result by id. Never lists the ids of others. */
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

/** The id that the store gives the only result of a session. */
const ONLY_RESULT_ID = "r1";

function toResultId(id: SessionId): ResultId {
  return id as string as ResultId;
}
