/** Sums of costs per session, per caller and day, and per day. They are held in memory and bounded. */
import type { CallerId } from "../access/types.ts";
import type { SessionId } from "../chat/types.ts";
import { addCosts } from "./cost.ts";
import type { Costs } from "./types.ts";

/** The maximum number of sessions, and of callers. The least recently used are evicted first. */
const MAX_ENTRIES = 10_000;

export class Ledger {
  readonly #now: () => Date;
  readonly #sessions = new Map<SessionId, number | null>();
  readonly #callers = new Map<CallerId, number | null>();
  #day = "";
  #today: number | null = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Adds a cost in USD. It is null when the price is unknown. */
  add(session: SessionId, caller: CallerId, usd: number | null): void {
    this.#rollDay();
    addTo(this.#sessions, session, usd);
    addTo(this.#callers, caller, usd);
    this.#today = addCosts(this.#today, usd);
  }

  costs(session: SessionId, caller: CallerId): Costs {
    this.#rollDay();
    return {
      session: sumOf(this.#sessions, session),
      caller: sumOf(this.#callers, caller),
      today: this.#today,
    };
  }

  #rollDay(): void {
    const day = this.#now().toISOString().slice(0, 10);
    if (day === this.#day) return;
    this.#day = day;
    this.#today = 0;
    this.#callers.clear();
  }
}

function addTo<Key>(sums: Map<Key, number | null>, key: Key, usd: number | null): void {
  const sum = addCosts(sumOf(sums, key), usd);
  // Inserted again, so that the map is ordered by last use.
  sums.delete(key);
  sums.set(key, sum);
  const [oldest] = sums.keys();
  if (sums.size > MAX_ENTRIES && oldest !== undefined) sums.delete(oldest);
}

function sumOf<Key>(sums: ReadonlyMap<Key, number | null>, key: Key): number | null {
  const sum = sums.get(key);
  return sum === undefined ? 0 : sum;
}
