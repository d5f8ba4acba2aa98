/** How much the stories of all sessions hold together. Each is bounded by itself, but there may be a thousand of them. */

/** Characters. */
const MAX_CHARACTERS = 256_000_000;

interface BudgetHolder {
  /** It releases all, unless that is still needed. */
  evict(): void;
}

export class MemoryBudget {
  readonly #limit: number;
  /** The one that was told nothing for the longest is the first. */
  readonly #sizes = new Map<BudgetHolder, number>();
  #size = 0;

  constructor(most = MAX_CHARACTERS) {
    this.#limit = most;
  }

  /** `holder` has `size` characters now. Where all have too many, those of the longest silence give theirs up. */
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
