/** Long results for clients that have no session of their own: each is known by an id that nobody can guess. */
import { randomUUID } from "node:crypto";
import type { SessionId } from "../../chat/types.ts";
import type { FoundResult, ResultId, ResultStore } from "../../results/types.ts";

export interface KeptLimits {
  readonly most: number;
  readonly validMs: number;
  readonly now: () => number;
}

export class KeptResults {
  readonly #store: ResultStore;
  readonly #limits: KeptLimits;
  /** Until when each is kept, the oldest first. */
  readonly #until = new Map<SessionId, number>();

  constructor(store: ResultStore, limits: KeptLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  async keep(_session: SessionId, text: string, chunkSize: number): Promise<ResultId> {
    const id = randomUUID() as SessionId;
    this.#until.set(id, this.#limits.now() + this.#limits.validMs);
    await this.#makeRoom();
    await this.#store.keep(id, text, chunkSize);
    return asResultId(id);
  }

  /** Whoever asks is told of none but what they name. */
  async find(_session: SessionId, id: string): Promise<FoundResult> {
    await this.#makeRoom();
    const place = id.trim() as SessionId;
    if (!this.#until.has(place)) return { outcome: "unknown", known: [] };
    const found = await this.#store.find(place, ONLY);
    return found.outcome === "found"
      ? { outcome: "found", result: { ...found.result, id: asResultId(place) } }
      : { outcome: "gone" };
  }

  async #makeRoom(): Promise<void> {
    const { most, now } = this.#limits;
    for (const [id, until] of this.#until) {
      if (this.#until.size <= most && now() < until) return;
      this.#until.delete(id);
      await this.#store.forget(id);
    }
  }
}

/** What the store calls the first and only result of a session. */
const ONLY = "r1";

function asResultId(id: SessionId): ResultId {
  return id as string as ResultId;
}
