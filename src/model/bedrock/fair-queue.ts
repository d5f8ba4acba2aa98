/** Who goes next when not everybody can: callers take turns, whatever number of calls each of them has waiting. Pure. */

export interface Ticket {
  /** 0: its turn has come. Else how far it is from it: 1 is next. */
  readonly place: number;
  /** Resolves when the place has changed. */
  moved(): Promise<void>;
  /** Ends the call, or its wait. To be called exactly once. */
  leave(): void;
}

class Waiting {
  readonly caller: string;
  place = 0;
  #change = Promise.withResolvers<void>();

  constructor(caller: string) {
    this.caller = caller;
  }

  moveTo(place: number): void {
    if (place === this.place) return;
    this.place = place;
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  moved(): Promise<void> {
    return this.#change.promise;
  }
}

export class FairQueue {
  readonly #room: () => number;
  readonly #maxWaiting: number;
  /** Caller → its own, oldest first. The callers stand in the order of their turns. */
  readonly #lines = new Map<string, Waiting[]>();
  #running = 0;
  #waiting = 0;

  /** `room`: how many may run at once, now. */
  constructor(room: () => number, maxWaiting: number) {
    this.#room = room;
    this.#maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Undefined: as many wait as may. */
  join(caller: string): Ticket | undefined {
    const mustWait = this.#waiting > 0 || this.#running >= this.#room();
    if (mustWait && this.#waiting >= this.#maxWaiting) return undefined;
    const entry = new Waiting(caller);
    const line = this.#lines.get(caller);
    if (line) line.push(entry);
    else this.#lines.set(caller, [entry]);
    this.#waiting += 1;
    // Nobody has a place of 0 before its turn: it would take itself for running.
    entry.place = this.#waiting;
    this.#admit();
    return {
      get place() {
        return entry.place;
      },
      moved: () => entry.moved(),
      leave: () => this.#leave(entry),
    };
  }

  #leave(entry: Waiting): void {
    if (entry.place === 0) this.#running -= 1;
    else this.#take(entry);
    this.#admit();
  }

  #take(entry: Waiting): void {
    const line = this.#lines.get(entry.caller) ?? [];
    const rest = line.filter((other) => other !== entry);
    this.#waiting -= line.length - rest.length;
    if (rest.length === 0) this.#lines.delete(entry.caller);
    else this.#lines.set(entry.caller, rest);
  }

  #admit(): void {
    while (this.#waiting > 0 && this.#running < this.#room()) {
      const [next] = this.#inOrder();
      if (!next) break;
      this.#take(next);
      // Its caller's others stand behind everybody else's next.
      const rest = this.#lines.get(next.caller);
      this.#lines.delete(next.caller);
      if (rest) this.#lines.set(next.caller, rest);
      this.#running += 1;
      next.moveTo(0);
    }
    let place = 0;
    for (const entry of this.#inOrder()) entry.moveTo(++place);
  }

  /** The first of every caller, then the second of every caller, and so on. */
  *#inOrder(): Generator<Waiting> {
    const lines = [...this.#lines.values()];
    for (let depth = 0; lines.some((line) => line.length > depth); depth++)
      for (const line of lines) if (line[depth]) yield line[depth] as Waiting;
  }
}
