/** Collects the records of several pages, each once. */
import { stringifyJson } from "../json.ts";
import { isObject } from "./exact-integers.ts";

export class RecordSet {
  readonly records: unknown[] = [];
  /** The records with an id, as JSON. Equal entries without one, such as measurements, may be different records. */
  readonly #identified = new Set<string>();
  /** The bodies of pages that consist of different entries. */
  readonly #pages = new Set<string>();

  /**
   * Adds the records of a page that no earlier page had.
   * @returns the number of added records.
   */
  addPage(list: readonly unknown[], body: string): number {
    const texts = list.map((record) => (hasId(record) ? stringifyJson(record) : undefined));
    if (texts.every((text) => text === undefined) && this.#isRepeated(list, body)) return 0;
    let added = 0;
    list.forEach((record, index) => {
      const text = texts[index];
      if (text !== undefined && this.#identified.has(text)) return;
      this.records.push(record);
      added += 1;
    });
    // A page is compared with earlier pages only: within one, the API's own repetitions stay.
    for (const text of texts) if (text !== undefined) this.#identified.add(text);
    return added;
  }

  /** Returns whether an earlier page had the same body, with entries that differ from each other. */
  #isRepeated(list: readonly unknown[], body: string): boolean {
    const [first] = list;
    const firstText = stringifyJson(first);
    if (list.length < 2 || list.every((entry) => stringifyJson(entry) === firstText)) return false;
    const key = String(Bun.hash(body));
    if (this.#pages.has(key)) return true;
    this.#pages.add(key);
    return false;
  }
}

const ID_NAMES = ["id", "_id", "ID", "Id", "@id", "uuid", "guid", "uid", "key", "sku", "slug"];

function hasId(record: unknown): boolean {
  if (!isObject(record)) return false;
  const records = [record, record.data, record.node, record.resource, record.attributes].filter(isObject);
  return records.some((one) => ID_NAMES.some((name) => one[name] !== undefined && one[name] !== null));
}
