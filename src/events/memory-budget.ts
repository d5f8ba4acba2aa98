/** How much the stories of all sessions hold together. Each is bounded by itself, but there may be a thousand of them. */

/** Characters. */
const MOST = 256_000_000;

interface Holder {
  /** It releases all, unless that is still needed. */
  giveUp(): void;
}

export class StoryRoom {
  readonly #most: number;
  /** The one that was told nothing for the longest is the first. */
  readonly #sizes = new Map<Holder, number>();
  #size = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** `holder` has `size` characters now. Where all have too many, those of the longest silence give theirs up. */
  hold(holder: Holder, size: number): void {
    this.release(holder);
    this.#sizes.set(holder, size);
    this.#size += size;
    if (this.#size <= this.#most) return;
    for (const silent of this.#sizes.keys()) {
      if (silent === holder) return;
      silent.giveUp();
      if (this.#size <= this.#most) return;
    }
  }

  release(holder: Holder): void {
    this.#size -= this.#sizes.get(holder) ?? 0;
    this.#sizes.delete(holder);
  }
}
