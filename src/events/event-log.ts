/**
 * What happened in a session, numbered and kept for a while: whoever watches it is told as it happens, whoever was away is
 * told what was missed. With a bus it is one story over several processes.
 */
import type { ChatEvent, SessionId, TurnId } from "../chat/types.ts";
import type { MemoryBudget } from "./memory-budget.ts";

export interface LoggedEvent {
  readonly seq: number;
  readonly turnId: TurnId;
  readonly event: ChatEvent;
  /** Who asked, where a turn begins or could not: they know the question, and find their turn by it. */
  readonly requestId?: unknown;
}

/** Notices belong to no story: they have the number of what came before, and nobody who was away is told of them. */
export interface Subscriber {
  onEvent(entry: LoggedEvent): void;
  /** The conversation was forgotten. */
  onCleared(): void;
}

/** Events kept: an answer of 64,000 tokens is about as many. */
const MAX_EVENTS = 50_000;
/** Characters they may have. */
const MAX_CHARACTERS = 8_000_000;

export class EventLog {
  readonly session: SessionId;
  /** Where others are told of it too. */
  publish: ((entry: LoggedEvent) => void) | undefined;
  readonly #subscribers = new Set<Subscriber>();
  /** Consecutive; the last one is `seq`. Those before `#first` were dropped. */
  #entries: LoggedEvent[] = [];
  #firstIndex = 0;
  #size = 0;
  #seq = 0;
  #revision = 0;
  readonly #memoryBudget: MemoryBudget | undefined;

  /** @param room that it shares with others. */
  constructor(session: SessionId, room?: MemoryBudget) {
    this.session = session;
    this.#memoryBudget = room;
  }

  /** Of the newest event. */
  get seq(): number {
    return this.#seq;
  }

  /** Events that rest on what was stored, counted: what is read while it stays the same belongs to what was told. */
  get revision(): number {
    return this.#revision;
  }

  get hasSubscribers(): boolean {
    return this.#subscribers.size > 0;
  }

  /** Nobody was told anything between what is here and `seq`, or it is known no longer. */
  advanceTo(seq: number): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    this.clear();
  }

  /** What happened is known here no longer. */
  clear(): void {
    this.#entries = [];
    this.#firstIndex = 0;
    this.#size = 0;
    this.#memoryBudget?.release(this);
  }

  /** Forgets it, unless a turn is open: what it has shown is stored nowhere else, however long ago it began. */
  evict(): void {
    if (this.#entries.at(-1)?.event.type === "turn_ended") this.clear();
  }

  append(event: ChatEvent, turnId: TurnId, requestId?: unknown): LoggedEvent {
    if (event.type !== "notice") this.#seq += 1;
    const entry: LoggedEvent = {
      seq: this.#seq,
      turnId,
      event,
      ...(requestId !== undefined && { requestId }),
    };
    if (event.type !== "notice") {
      this.#store(entry);
      this.publish?.(entry);
    }
    for (const subscriber of this.#subscribers) subscriber.onEvent(entry);
    return entry;
  }

  /** Told by another process. */
  receive(entry: LoggedEvent): void {
    if (entry.event.type !== "notice") {
      if (entry.seq <= this.#seq) return;
      if (entry.seq > this.#seq + 1) this.advanceTo(entry.seq - 1);
      this.#seq = entry.seq;
      this.#store(entry);
    }
    for (const subscriber of this.#subscribers) subscriber.onEvent(entry);
  }

  /** The newest turn, while it has not ended, and the number of what came before it; undefined: it is not known any more. */
  get openTurn(): { readonly turnId: TurnId; readonly after: number } | undefined {
    const newest = this.#entries.findLast(
      ({ event }, index) =>
        index >= this.#firstIndex && (event.type === "turn_started" || event.type === "turn_ended"),
    );
    if (newest?.event.type !== "turn_started") return undefined;
    return { turnId: newest.turnId, after: newest.seq - 1 };
  }

  /** Text that was shown since anything else happened. */
  get partial(): string {
    const lastOtherIndex = this.#entries.findLastIndex(
      ({ event }) => event.type !== "text_delta" && event.type !== "reasoning_delta",
    );
    const deltas = this.#entries.slice(Math.max(lastOtherIndex + 1, this.#firstIndex));
    return deltas.map(({ event }) => (event.type === "text_delta" ? event.text : "")).join("");
  }

  /** All text that a turn has shown; undefined: its beginning is not known here. */
  textOf(turnId: TurnId): string | undefined {
    const entries = this.#entries.slice(this.#firstIndex).filter((entry) => entry.turnId === turnId);
    if (entries[0]?.event.type !== "turn_started") return undefined;
    return entries.map(({ event }) => (event.type === "text_delta" ? event.text : "")).join("");
  }

  /** What happened before all that is known here: nobody is told of it, but whoever was away may be. */
  prepend(entries: readonly LoggedEvent[]): void {
    const oldest = this.#entries[this.#firstIndex]?.seq ?? this.#seq + 1;
    const older = entries.filter(({ seq }) => seq < oldest);
    if (older.length === 0 || older.at(-1)?.seq !== oldest - 1) return;
    this.#entries = [...older, ...this.#entries.slice(this.#firstIndex)];
    this.#firstIndex = 0;
    this.#size += older.reduce((sum, { event }) => sum + sizeOf(event), 0);
    this.#memoryBudget?.reserve(this, this.#size);
  }

  notifyCleared(): void {
    for (const subscriber of this.#subscribers) subscriber.onCleared();
  }

  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** What happened after `seq`; undefined: it is not known any more, or there never was such a number. */
  eventsAfter(seq: number): readonly LoggedEvent[] | undefined {
    if (seq === this.#seq) return [];
    const oldest = this.#entries[this.#firstIndex]?.seq;
    if (oldest === undefined || seq < oldest - 1 || seq > this.#seq) return undefined;
    return this.#entries.slice(this.#firstIndex + (seq - oldest + 1));
  }

  #store(entry: LoggedEvent): void {
    if (entry.event.type !== "text_delta" && entry.event.type !== "reasoning_delta") this.#revision += 1;
    this.#entries.push(entry);
    this.#size += sizeOf(entry.event);
    while (this.#entries.length - this.#firstIndex > MAX_EVENTS || this.#size > MAX_CHARACTERS) {
      const oldest = this.#entries[this.#firstIndex];
      if (!oldest || oldest === entry) break;
      this.#size -= sizeOf(oldest.event);
      this.#firstIndex += 1;
    }
    // Never more than are kept: what one event costs does not depend on their number, and what was dropped takes no memory.
    if (this.#firstIndex > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#firstIndex);
      this.#firstIndex = 0;
    }
    this.#memoryBudget?.reserve(this, this.#size);
  }
}

/** Characters, roughly. */
function sizeOf(event: ChatEvent): number {
  switch (event.type) {
    case "text_delta":
    case "reasoning_delta":
      return 100 + event.text.length;
    case "call_ended":
      return 300 + event.result.content.length;
    case "turn_ended":
      return 500 + event.end.text.length;
    default:
      return 1000;
  }
}
