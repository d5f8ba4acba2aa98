/** A limit on the memory that the event logs of all sessions share. Each log is bounded too, but there may be thousands of them. */

/** Characters. */
const MAX_CHARACTERS = 256_000_000;

interface BudgetHolder {
  /** Releases its memory, unless that is still needed. */
  evict(): void;
}

export class MemoryBudget {
  readonly #limit: number;
  /** Characters of each holder, ordered by the last reservation, oldest first. */
  readonly #sizes = new Map<BudgetHolder, number>();
  #size = 0;

  constructor(limit = MAX_CHARACTERS) {
    this.#limit = limit;
  }

  /** Sets the size of `holder` in characters. Over the limit, other holders are evicted, oldest first. */
  reserve(holder: BudgetHolder, size: number): void {
    this.release(holder);
    this.#sizes.set(holder, size);
    this.#size += size;
    if (this.#size <= this.#limit) return;
    for (const oldest of this.#sizes.keys()) {
      if (oldest === holder) return;
      oldest.evict();
      if (this.#size <= this.#limit) return;
    }
  }

  release(holder: BudgetHolder): void {
    this.#size -= this.#sizes.get(holder) ?? 0;
    this.#sizes.delete(holder);
  }
}
