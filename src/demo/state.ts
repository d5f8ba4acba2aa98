import { notFound } from "./problem.ts";
import { seedCustomers, seedOrders, seedProducts, seedTickets } from "./seed.ts";
import type { Customer, Order, Product, Ticket } from "./types.ts";

/** One kind of record, by number. */
export class Shelf<Entry extends { readonly id: number }> {
  readonly #entries: Map<number, Entry>;
  readonly #what: string;
  #next: number;

  constructor(what: string, entries: readonly Entry[]) {
    this.#what = what;
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    this.#next = Math.max(0, ...this.#entries.keys()) + 1;
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
    if (entry === undefined) throw notFound(this.#what, id);
    return entry;
  }

  /** Adds what `make` makes of the next free number. */
  add(make: (id: number) => Entry): Entry {
    const entry = make(this.#next++);
    this.#entries.set(entry.id, entry);
    return entry;
  }

  /** @throws Problem 404 */
  change(id: number, changes: Partial<Omit<Entry, "id">>): Entry {
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
  readonly customers: Shelf<Customer>;
  readonly products: Shelf<Product>;
  readonly orders: Shelf<Order>;
  readonly tickets: Shelf<Ticket>;
  now(): Date;
}

/** A freshly stocked shop; the dates of its records lie in the days before `now`. */
export function openShop(now: () => Date): ShopState {
  const opened = now();
  return {
    customers: new Shelf("customer", seedCustomers(opened)),
    products: new Shelf("product", seedProducts()),
    orders: new Shelf("order", seedOrders(opened)),
    tickets: new Shelf("ticket", seedTickets(opened)),
    now,
  };
}
