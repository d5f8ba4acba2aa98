/** What is told of one turn, for somebody who takes it at their own pace. */
import type { ToldEvent } from "../chat/types.ts";
import type { Told, Watcher } from "./event-log.ts";

/** Entries that wait from which on deltas are joined: whoever is so far behind reads slowly. */
const MANY = 64;

/** Ends with the entry that `isLast`. What waits is never more than the turn's text and what else happened in it. */
export class Feed implements Watcher {
  readonly #isMeant: (entry: Told) => boolean;
  readonly #isLast: (event: ToldEvent) => boolean;
  #arrived: Told[] = [];
  #wake = () => {};
  #isOver = false;

  constructor(isMeant: (entry: Told) => boolean, isLast: (event: ToldEvent) => boolean) {
    this.#isMeant = isMeant;
    this.#isLast = isLast;
  }

  /** The last entry was taken. */
  get isOver(): boolean {
    return this.#isOver;
  }

  told(entry: Told): void {
    if (!this.#isMeant(entry)) return;
    const joined = this.#arrived.length >= MANY && join(this.#arrived.at(-1), entry);
    if (joined) this.#arrived[this.#arrived.length - 1] = joined;
    else this.#arrived.push(entry);
    this.#wake();
  }

  cleared(): void {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Told, void> {
    while (!this.#isOver) {
      for (const entry of this.#arrived.splice(0)) {
        this.#isOver = this.#isLast(entry.event);
        yield entry;
        if (this.#isOver) return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      if (this.#arrived.length === 0) await promise;
    }
  }
}

/** The turn has ended, or goes on when a person has answered. */
export function isLastForNow({ type }: ToldEvent): boolean {
  return type === "turn_ended" || type === "turn_waiting";
}

type Delta = Extract<ToldEvent, { readonly type: "text_delta" | "reasoning_delta" }>;

/** Two deltas of one kind and round as one; undefined: they are none. */
function join(before: Told | undefined, { event, ...place }: Told): Told | undefined {
  const first = before?.event;
  if (!first || !isDelta(first) || !isDelta(event)) return undefined;
  if (first.type !== event.type || first.round !== event.round) return undefined;
  return { ...place, event: { ...event, text: first.text + event.text } };
}

function isDelta(event: ToldEvent): event is Delta {
  return event.type === "text_delta" || event.type === "reasoning_delta";
}
