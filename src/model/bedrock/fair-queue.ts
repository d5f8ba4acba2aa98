/** A queue that admits callers in turn, however many calls each of them has waiting. */

export interface QueueTicket {
  /** 0 once the call is admitted, else its position in the queue, from 1. */
  readonly position: number;
  /** Resolves when the position has changed. */
  whenMoved(): Promise<void>;
  /** Ends the call or its wait. Must be called exactly once. */
  release(): void;
}

class QueueEntry {
  readonly caller: string;
  position = 0;
  #change = Promise.withResolvers<void>();

  constructor(caller: string) {
    this.caller = caller;
  }

  moveTo(position: number): void {
    if (position === this.position) return;
    this.position = position;
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  whenMoved(): Promise<void> {
    return this.#change.promise;
  }
}

export class FairQueue {
  readonly #capacity: () => number;
  readonly #maxWaiting: number;
  /** Caller → its waiting entries, oldest first. Callers are ordered by their next turn. */
  readonly #callerQueues = new Map<string, QueueEntry[]>();
  #running = 0;
  #waiting = 0;

  /** @param capacity returns the number of calls that may run at once now. */
  constructor(capacity: () => number, maxWaiting: number) {
    this.#capacity = capacity;
    this.#maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Adds a call, admitted or waiting. Returns undefined when the queue is full. */
  join(caller: string): QueueTicket | undefined {
    const mustWait = this.#waiting > 0 || this.#running >= this.#capacity();
    if (mustWait && this.#waiting >= this.#maxWaiting) return undefined;
    const entry = new QueueEntry(caller);
    const callerQueue = this.#callerQueues.get(caller);
    if (callerQueue) callerQueue.push(entry);
    else this.#callerQueues.set(caller, [entry]);
    this.#waiting += 1;
    // Set before admission, because position 0 means admitted.
    entry.position = this.#waiting;
    this.#admit();
    return {
      get position() {
        return entry.position;
      },
      whenMoved: () => entry.whenMoved(),
      release: () => this.#release(entry),
    };
  }

  #release(entry: QueueEntry): void {
    if (entry.position === 0) this.#running -= 1;
    else this.#remove(entry);
    this.#admit();
  }

  #remove(entry: QueueEntry): void {
    const callerQueue = this.#callerQueues.get(entry.caller) ?? [];
    const rest = callerQueue.filter((other) => other !== entry);
    this.#waiting -= callerQueue.length - rest.length;
    if (rest.length === 0) this.#callerQueues.delete(entry.caller);
    else this.#callerQueues.set(entry.caller, rest);
  }

  #admit(): void {
    while (this.#waiting > 0 && this.#running < this.#capacity()) {
      const [next] = this.#entriesInOrder();
      if (!next) break;
      this.#remove(next);
      // Moves the caller to the end, behind all other callers.
      const rest = this.#callerQueues.get(next.caller);
      this.#callerQueues.delete(next.caller);
      if (rest) this.#callerQueues.set(next.caller, rest);
      this.#running += 1;
      next.moveTo(0);
    }
    let position = 0;
    for (const entry of this.#entriesInOrder()) entry.moveTo(++position);
  }

  /** Yields the first entry of every caller, then the second of every caller, and so on. */
  *#entriesInOrder(): Generator<QueueEntry> {
    const callerQueues = [...this.#callerQueues.values()];
    for (let depth = 0; callerQueues.some((queue) => queue.length > depth); depth++)
      for (const queue of callerQueues) if (queue[depth]) yield queue[depth] as QueueEntry;
  }
}
