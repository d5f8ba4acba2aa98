/**
 * Lets work that is due for many clients in the same moment begin in slices, so that the event loop serves others between them.
 * Clients take turns: one with a lot of work does not keep the others waiting.
 */
import { drainMicrotasks } from "bun:jsc";

/** Milliseconds in which work begins before others are served. */
const SLICE_MS = 4;

export class WorkSlices {
  /** Client → its work that has not begun, oldest first. Clients are ordered by their next turn. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #now: () => number;
  /** When the current slice began. Undefined until the next work begins. */
  #startedAt: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Resolves when work of a client may begin: at once while the current slice has time. */
  async begin(client: string): Promise<void> {
    if (this.#waiting.size === 0 && this.#hasTime()) return;
    await new Promise<void>((resolve) => this.#waiting.getOrInsertComputed(client, () => []).push(resolve));
  }

  #hasTime(): boolean {
    if (this.#startedAt === undefined) {
      this.#startedAt = this.#now();
      setImmediate(this.#endSlice);
    }
    return this.#now() - this.#startedAt < SLICE_MS;
  }

  readonly #endSlice = (): void => {
    this.#startedAt = undefined;
    while (this.#waiting.size > 0 && this.#hasTime()) {
      this.#beginNext();
      // The work runs up to where it waits for something outside of this thread, so that its time counts.
      drainMicrotasks();
    }
  };

  /** The next work of the same client comes after that of all others. */
  #beginNext(): void {
    const [next] = this.#waiting;
    if (!next) return;
    const [client, work] = next;
    const begin = work.shift();
    this.#waiting.delete(client);
    if (work.length > 0) this.#waiting.set(client, work);
    begin?.();
  }
}

/** The slices of this thread, which has one event loop. */
const slices = new WorkSlices();

/** Resolves when a part of a turn that takes a millisecond may begin for a client. See {@link WorkSlices.begin}. */
export function beginWork(client: string): Promise<void> {
  return slices.begin(client);
}
