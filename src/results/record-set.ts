/** Collects the records of several pages, each once. */
import type { ListPage } from "./list-page.ts";

/** Records that are added before the event loop has its turn. */
const SLICE = 2000;

export class RecordSet {
  /** The JSON text of each record. */
  readonly records: string[] = [];
  readonly #identified = new Set<string>();
  readonly #fingerprints = new Set<string>();
  readonly #yieldToEventLoop: () => Promise<void>;

  constructor(yieldToEventLoop: () => Promise<void>) {
    this.#yieldToEventLoop = yieldToEventLoop;
  }

  /**
   * Adds the records of a page that no earlier page had.
   * @returns the number of added records.
   */
  async addPage({ records, identified, fingerprint }: ListPage): Promise<number> {
    if (fingerprint !== undefined) {
      if (this.#fingerprints.has(fingerprint)) return 0;
      this.#fingerprints.add(fingerprint);
    }
    const before = this.records.length;
    // A page is compared with earlier pages only: within one, the API's own repetitions stay.
    const ids: string[] = [];
    for (const [index, text] of records.entries()) {
      if (index % SLICE === SLICE - 1) await this.#yieldToEventLoop();
      if (identified[index] && this.#identified.has(text)) continue;
      this.records.push(text);
      if (identified[index]) ids.push(text);
    }
    for (const [index, text] of ids.entries()) {
      if (index % SLICE === SLICE - 1) await this.#yieldToEventLoop();
      this.#identified.add(text);
    }
    return this.records.length - before;
  }
}
