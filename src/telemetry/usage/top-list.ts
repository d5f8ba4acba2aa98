/** Holds the entries with the largest weights of many, the largest first. */
export class TopList<Entry> {
  readonly #limit: number;
  readonly #weigh: (entry: Entry) => number;
  #entries: Entry[] = [];

  constructor(limit: number, weigh: (entry: Entry) => number) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  add(entry: Entry): void {
    const smallest = this.#entries.at(-1);
    const isFull = this.#entries.length >= this.#limit;
    if (isFull && smallest !== undefined && this.#weigh(entry) <= this.#weigh(smallest)) return;
    this.#entries = [...this.#entries, entry]
      .toSorted((a, b) => this.#weigh(b) - this.#weigh(a))
      .slice(0, this.#limit);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }
}
