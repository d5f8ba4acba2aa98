/** The records of a running shop. */
import { createNotFoundProblem } from "./problem.ts";
import { seedCustomers, seedOrders, seedProducts, seedTickets } from "./seed.ts";
import type { Customer, Order, Product, Ticket } from "./types.ts";

/** The fields to change. An undefined field stays unchanged. */
export type RecordChanges<Entry> = {
  readonly [Field in Exclude<keyof Entry, "id">]?: Entry[Field] | undefined;
};

/** All records of one kind, by ID. */
export class RecordCollection<Entry extends { readonly id: number }> {
  readonly #entries: Map<number, Entry>;
  readonly #recordName: string;
  #nextId: number;

  /** `recordName` is the singular name for messages, such as `order`. */
  constructor(recordName: string, entries: readonly Entry[]) {
    this.#recordName = recordName;
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    this.#nextId = Math.max(0, ...this.#entries.keys()) + 1;
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  has(id: number): boolean {
    return this.#entries.has(id);
  }

  /** @throws Problem with status 404 */
  get(id: number): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw createNotFoundProblem(this.#recordName, id);
    return entry;
  }

  /** Adds the record that `create` returns for the next free ID. */
  add(create: (id: number) => Entry): Entry {
    const entry = create(this.#nextId++);
    this.#entries.set(entry.id, entry);
    return entry;
  }

  /**
   * Replaces the given fields of a record. Undefined fields stay unchanged.
   * @throws Problem with status 404
   */
  update(id: number, changes: RecordChanges<Entry>): Entry {
    const definedFields = Object.fromEntries(
      Object.entries(changes).filter(([, value]) => value !== undefined),
    );
    const entry = { ...this.get(id), ...definedFields };
    this.#entries.set(id, entry);
    return entry;
  }

  /** @throws Problem with status 404 */
  remove(id: number): void {
    this.get(id);
    this.#entries.delete(id);
  }
}

export interface ShopState {
  readonly customers: RecordCollection<Customer>;
  readonly products: RecordCollection<Product>;
  readonly orders: RecordCollection<Order>;
  readonly tickets: RecordCollection<Ticket>;
  now(): Date;
}

/** Creates the initial state. The records are dated in the days before `now`. */
export function createShopState(now: () => Date): ShopState {
  const openedAt = now();
  return {
    customers: new RecordCollection("customer", seedCustomers(openedAt)),
    products: new RecordCollection("product", seedProducts()),
    orders: new RecordCollection("order", seedOrders(openedAt)),
    tickets: new RecordCollection("ticket", seedTickets(openedAt)),
    now,
  };
}
