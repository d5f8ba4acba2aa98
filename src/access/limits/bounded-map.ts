/** A map with a maximum size. The entry that was set longest ago is removed first. */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: Value): void {
    // The order of the map is that of the last change.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maxSize && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** Removes all entries and returns them. */
  takeAll(): readonly (readonly [string, Value])[] {
    const entries = [...this.#entries];
    this.#entries.clear();
    return entries;
  }
}
