/** Lets simultaneous equal requests share one piece of work. A refresh token that is used twice is revoked by many providers. */

/** Milliseconds that a result is shared after it has arrived: a request that was sent before has the old token. */
const SHARED_MS = 30_000;
const MAX_ENTRIES = 1000;

export class SharedWork<Result> {
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly work: Promise<Result>; readonly startedAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs the work unless the same is running or has ended a moment ago. A failure is not shared afterwards. */
  run(key: string, start: () => Promise<Result>): Promise<Result> {
    this.#removeOld();
    const known = this.#entries.get(key);
    if (known) return known.work;
    const work = start();
    this.#entries.set(key, { work, startedAt: this.#now() });
    work.catch(() => this.#entries.delete(key));
    return work;
  }

  /** Entries are in the order of their start. */
  #removeOld(): void {
    for (const [key, { startedAt }] of this.#entries) {
      if (this.#entries.size < MAX_ENTRIES && this.#now() - startedAt < SHARED_MS) return;
      this.#entries.delete(key);
    }
  }
}
