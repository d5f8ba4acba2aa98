/** Buffers published events for a reader that pulls at its own pace. */
import type { ChatEvent } from "../chat/types.ts";
import type { StreamedEvent } from "./event-log.ts";

/** Buffered events from which on deltas are merged. */
const MERGE_THRESHOLD = 64;

/** The buffer never holds more than a turn's text and its other events, since the deltas of a slow reader are merged. */
export class EventQueue<Entry extends StreamedEvent> implements AsyncIterable<Entry> {
  #pending: Entry[] = [];
  #wake = () => {};
  #isInterrupted = false;

  /** Events that are not taken yet. */
  get length(): number {
    return this.#pending.length;
  }

  push(entry: Entry): void {
    const merged = this.#pending.length >= MERGE_THRESHOLD && mergeDelta(this.#pending.at(-1), entry);
    if (merged) this.#pending[this.#pending.length - 1] = merged;
    else this.#pending.push(entry);
    this.#wake();
  }

  /** Ends the running iteration once the buffered events are taken. A later iteration goes on from there. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry, void> {
    for (;;) {
      for (const entry of this.#pending.splice(0)) yield entry;
      if (this.#pending.length > 0) continue;
      if (this.#isInterrupted) break;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    this.#isInterrupted = false;
  }
}

/** Returns whether nothing more happens in the turn before a person decides. */
export function endsOrSuspendsTurn({ type }: ChatEvent): boolean {
  return type === "turn_ended" || type === "turn_waiting";
}

type Delta = Extract<ChatEvent, { readonly type: "text_delta" | "reasoning_delta" }>;

/** Returns two deltas of one kind and round as one; undefined when they are not. */
function mergeDelta<Entry extends StreamedEvent>(before: Entry | undefined, entry: Entry): Entry | undefined {
  const [first, second] = [before?.event, entry.event];
  if (!first || !isDelta(first) || !isDelta(second)) return undefined;
  if (first.type !== second.type || first.round !== second.round) return undefined;
  return { ...entry, event: { ...second, text: first.text + second.text } };
}

function isDelta(event: ChatEvent): event is Delta {
  return event.type === "text_delta" || event.type === "reasoning_delta";
}
