/** What is told of one turn, for somebody who takes it at their own pace. */
import type { ChatEvent } from "../chat/types.ts";
import type { LoggedEvent, Subscriber } from "./event-log.ts";

/** Entries that wait from which on deltas are joined: whoever is so far behind reads slowly. */
const MERGE_THRESHOLD = 64;

/** Ends with the entry that `isLast`. What waits is never more than the turn's text and what else happened in it. */
export class EventQueue implements Subscriber {
  readonly #accepts: (entry: LoggedEvent) => boolean;
  readonly #isLast: (event: ChatEvent) => boolean;
  #pending: LoggedEvent[] = [];
  #wake = () => {};
  #isOver = false;

  constructor(isMeant: (entry: LoggedEvent) => boolean, isLast: (event: ChatEvent) => boolean) {
    this.#accepts = isMeant;
    this.#isLast = isLast;
  }

  /** The last entry was taken. */
  get isOver(): boolean {
    return this.#isOver;
  }

  onEvent(entry: LoggedEvent): void {
    if (!this.#accepts(entry)) return;
    const merged = this.#pending.length >= MERGE_THRESHOLD && mergeDelta(this.#pending.at(-1), entry);
    if (merged) this.#pending[this.#pending.length - 1] = merged;
    else this.#pending.push(entry);
    this.#wake();
  }

  onCleared(): void {}

  async *[Symbol.asyncIterator](): AsyncGenerator<LoggedEvent, void> {
    while (!this.#isOver) {
      for (const entry of this.#pending.splice(0)) {
        this.#isOver = this.#isLast(entry.event);
        yield entry;
        if (this.#isOver) return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      if (this.#pending.length === 0) await promise;
    }
  }
}

/** The turn has ended, or goes on when a person has answered. */
export function endsOrSuspendsTurn({ type }: ChatEvent): boolean {
  return type === "turn_ended" || type === "turn_waiting";
}

type Delta = Extract<ChatEvent, { readonly type: "text_delta" | "reasoning_delta" }>;

/** Two deltas of one kind and round as one; undefined: they are none. */
function mergeDelta(
  before: LoggedEvent | undefined,
  { event, ...position }: LoggedEvent,
): LoggedEvent | undefined {
  const first = before?.event;
  if (!first || !isDelta(first) || !isDelta(event)) return undefined;
  if (first.type !== event.type || first.round !== event.round) return undefined;
  return { ...position, event: { ...event, text: first.text + event.text } };
}

function isDelta(event: ChatEvent): event is Delta {
  return event.type === "text_delta" || event.type === "reasoning_delta";
}
