import { createNotFoundProblem } from "./problem.ts";
import { seedCustomers, seedOrders, seedProducts, seedTickets } from "./seed.ts";
import type { Customer, Order, Product, Ticket } from "./types.ts";

/** One kind of record, by number. */
export class RecordCollection<Entry extends { readonly id: number }> {
  readonly #entries: Map<number, Entry>;
  readonly #recordName: string;
  #nextId: number;

  constructor(what: string, entries: readonly Entry[]) {
    this.#recordName = what;
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    this.#nextId = Math.max(0, ...this.#entries.keys()) + 1;
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  has(id: number): boolean {
    return this.#entries.has(id);
  }

  /** @throws Problem 404 */
  get(id: number): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw createNotFoundProblem(this.#recordName, id);
    return entry;
  }

  /** Adds what `make` makes of the next free number. */
  add(make: (id: number) => Entry): Entry {
    const entry = make(this.#nextId++);
    this.#entries.set(entry.id, entry);
    return entry;
  }

  /** @throws Problem 404 */
  update(id: number, changes: Partial<Omit<Entry, "id">>): Entry {
    const entry = { ...this.get(id), ...changes };
    this.#entries.set(id, entry);
    return entry;
  }

  /** @throws Problem 404 */
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

/** A freshly stocked shop; the dates of its records lie in the days before `now`. */
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
