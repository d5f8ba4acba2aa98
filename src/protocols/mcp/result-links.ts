/** Stores long results for clients without a session. Each has a random id, which grants its caller access to it. */
import { randomUUID } from "node:crypto";
import type { AuditLog } from "../../access/audit/types.ts";
import { checkOwner } from "../../access/ownership.ts";
import type { Caller, CallerId } from "../../access/types.ts";
import type { SessionId } from "../../chat/types.ts";
import type { ResultId, ResultStore, StoredResultLookup } from "../../results/types.ts";

export interface ResultLinkOptions {
  readonly audit: AuditLog;
  readonly maxResults: number;
  readonly ttlMs: number;
  readonly now: () => number;
}

export class ResultLinks {
  readonly #store: ResultStore;
  readonly #options: ResultLinkOptions;
  /** The owner, and the expiry in Unix milliseconds, by id. The oldest first. */
  readonly #results = new Map<SessionId, { readonly owner: CallerId; readonly expiresAt: number }>();

  constructor(store: ResultStore, options: ResultLinkOptions) {
    this.#store = store;
    this.#options = options;
  }

  async save(owner: CallerId, text: string, chunkSize: number): Promise<ResultId> {
    const id = randomUUID() as SessionId;
    this.#results.set(id, { owner, expiresAt: this.#options.now() + this.#options.ttlMs });
    await this.#evictExpired();
    await this.#store.save(id, text, chunkSize);
    return toResultId(id);
  }

  /** Finds a result of a caller by id. Never lists the ids of others. */
  async find(caller: Caller, id: string): Promise<StoredResultLookup> {
    await this.#evictExpired();
    const key = id.trim() as SessionId;
    const known = this.#results.get(key);
    const object = known && { owner: known.owner, name: `result ${key}` };
    if (!object || !checkOwner(this.#options, object, caller)) return { outcome: "unknown", known: [] };
    const found = await this.#store.find(key, ONLY_RESULT_ID);
    return found.outcome === "found"
      ? { outcome: "found", result: { ...found.result, id: toResultId(key) } }
      : { outcome: "evicted" };
  }

  async #evictExpired(): Promise<void> {
    const { maxResults, now } = this.#options;
    for (const [id, { expiresAt }] of this.#results) {
      if (this.#results.size <= maxResults && now() < expiresAt) return;
      this.#results.delete(id);
      await this.#store.deleteSession(id);
    }
  }
}

/** The id that the store gives the only result of a session. */
const ONLY_RESULT_ID = "r1";

function toResultId(id: SessionId): ResultId {
  return id as string as ResultId;
}
