/**
 * The events of one session, numbered and kept for a while. Subscribers receive each event as it happens; clients that come back
 * read the ones they missed. Several processes share one log over an event bus.
 */
import type { ChatEvent, SessionId, TurnId } from "../chat/types.ts";
import type { AppError } from "../errors.ts";
import { sizeOf } from "./event-size.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { PackedEvents } from "./packed-events.ts";
import type { LoggedEvent } from "./types.ts";

export type { LoggedEvent, StreamedEvent } from "./types.ts";

export interface Subscriber {
  onEvent(entry: LoggedEvent): void;
  /** The conversation was deleted. */
  onCleared(): void;
  /** The server stops, and no further event comes. */
  onClosed?(error: AppError): void;
}

/** Events kept. A reply of 64,000 tokens has about as many. */
const MAX_EVENTS = 50_000;
/** Characters kept, roughly. Those deltas while their turn runs take as many. */
const MAX_SIZE = 20_000_000;

export class EventLog {
  readonly session: SessionId;
  /** Sends each logged event to other processes. */
  publish: ((entry: LoggedEvent) => void) | undefined;
  readonly #subscribers = new Set<Subscriber>();
  /** Turns that have ended, oldest first. Their numbers and those of the entries are consecutive, up to `seq`. */
  #packed: PackedEvents[] = [];
  /** Those before `#firstIndex` are dropped. */
  #entries: LoggedEvent[] = [];
  #firstIndex = 0;
  #size = 0;
  #seq = 0;
  #revision = 0;
  readonly #memoryBudget: MemoryBudget | undefined;

  constructor(session: SessionId, memoryBudget?: MemoryBudget) {
    this.session = session;
    this.#memoryBudget = memoryBudget;
  }

  /** The number of the newest event. */
  get seq(): number {
    return this.#seq;
  }

  /** The number of logged events without deltas. Data read from the store matches the log if this is the same before and after. */
  get revision(): number {
    return this.#revision;
  }

  get hasSubscribers(): boolean {
    return this.#subscribers.size > 0;
  }

  /** Continues the numbers at `seq`. The entries before it are dropped, since some in between are unknown. */
  advanceTo(seq: number): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    this.clear();
  }

  /** Drops all entries. */
  clear(): void {
    this.#packed = [];
    this.#entries = [];
    this.#firstIndex = 0;
    this.#size = 0;
    this.#memoryBudget?.release(this);
  }

  /** Drops all entries unless a turn is open: its text is stored nowhere else yet. */
  evict(): void {
    const newest = this.#entries.at(-1);
    if (!newest || newest.event.type === "turn_ended") this.clear();
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

  /** Adds an event of another process. Events that are known already are ignored. */
  receive(entry: LoggedEvent): void {
    if (entry.event.type !== "notice") {
      if (entry.seq <= this.#seq) return;
      if (entry.seq > this.#seq + 1) this.advanceTo(entry.seq - 1);
      this.#seq = entry.seq;
      this.#store(entry);
    }
    for (const subscriber of this.#subscribers) subscriber.onEvent(entry);
  }

  /** The entries that are kept, oldest first. */
  get loggedEvents(): readonly LoggedEvent[] {
    return this.#entriesFrom(0);
  }

  /** The newest turn while it has not ended, and the number before its first event. Undefined when none is open or its beginning is dropped. */
  get openTurn(): { readonly turnId: TurnId; readonly after: number } | undefined {
    const newest = this.#entries.findLast(
      ({ event }, index) =>
        index >= this.#firstIndex && (event.type === "turn_started" || event.type === "turn_ended"),
    );
    if (newest?.event.type !== "turn_started") return undefined;
    return { turnId: newest.turnId, after: newest.seq - 1 };
  }

  /** The text shown since the last event that is not a delta. */
  get partial(): string {
    const last = this.#entries.findLastIndex(
      ({ event }) => event.type !== "text_delta" && event.type !== "reasoning_delta",
    );
    const deltas = this.#entries.slice(Math.max(last + 1, this.#firstIndex));
    return deltas.map(({ event }) => (event.type === "text_delta" ? event.text : "")).join("");
  }

  /** Returns all text that a turn has shown; undefined when its beginning is dropped. */
  textOf(turnId: TurnId): string | undefined {
    const turnEntries = this.loggedEvents.filter((entry) => entry.turnId === turnId);
    if (turnEntries[0]?.event.type !== "turn_started") return undefined;
    return turnEntries.map(({ event }) => (event.type === "text_delta" ? event.text : "")).join("");
  }

  /** Adds older events, for clients that come back. Subscribers do not receive them. */
  prepend(entries: readonly LoggedEvent[]): void {
    const oldest = this.#oldestSeq ?? this.#seq + 1;
    const older = entries.filter(({ seq }) => seq < oldest);
    if (older.length === 0 || older.at(-1)?.seq !== oldest - 1) return;
    if (this.#packed.length > 0) {
      const packed = new PackedEvents(older);
      this.#packed.unshift(packed);
      this.#size += packed.size;
    } else {
      this.#entries = [...older, ...this.#entries.slice(this.#firstIndex)];
      this.#firstIndex = 0;
      this.#size += older.reduce((sum, { event }) => sum + sizeOf(event), 0);
    }
    this.#memoryBudget?.reserve(this, this.#size);
  }

  notifyCleared(): void {
    for (const subscriber of this.#subscribers) subscriber.onCleared();
  }

  notifyClosed(error: AppError): void {
    for (const subscriber of this.#subscribers) subscriber.onClosed?.(error);
  }

  /** Returns the function that unsubscribes. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Returns the events after `seq`; undefined when some are dropped, or when `seq` is in the future. */
  eventsAfter(seq: number): readonly LoggedEvent[] | undefined {
    if (seq === this.#seq) return [];
    const oldest = this.#oldestSeq;
    if (oldest === undefined || seq < oldest - 1 || seq > this.#seq) return undefined;
    return this.#entriesFrom(seq + 1);
  }

  get #oldestSeq(): number | undefined {
    return this.#packed[0]?.firstSeq ?? this.#entries[this.#firstIndex]?.seq;
  }

  /** Returns the kept entries from a number on. */
  #entriesFrom(seq: number): readonly LoggedEvent[] {
    const oldest = this.#entries[this.#firstIndex]?.seq ?? this.#seq + 1;
    const open = this.#entries.slice(this.#firstIndex + Math.max(0, seq - oldest));
    if (seq >= oldest) return open;
    const ended = this.#packed.filter(({ lastSeq }) => lastSeq >= seq).flatMap((turn) => turn.unpack());
    return [...ended.filter((entry) => entry.seq >= seq), ...open];
  }

  #store(entry: LoggedEvent): void {
    if (entry.event.type !== "text_delta" && entry.event.type !== "reasoning_delta") this.#revision += 1;
    this.#entries.push(entry);
    this.#size += sizeOf(entry.event);
    while (this.#seq - (this.#oldestSeq ?? 0) >= MAX_EVENTS || this.#size > MAX_SIZE) {
      const turn = this.#packed.shift();
      if (turn) {
        this.#size -= turn.size;
        continue;
      }
      const oldest = this.#entries[this.#firstIndex];
      if (!oldest || oldest === entry) break;
      this.#size -= sizeOf(oldest.event);
      this.#firstIndex += 1;
    }
    // Compacting at one half keeps the cost of an event constant and frees what is dropped.
    if (this.#firstIndex > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#firstIndex);
      this.#firstIndex = 0;
    }
    this.#packEnded(entry);
    this.#memoryBudget?.reserve(this, this.#size);
  }

  /** Packs the turn that an event ends. The end of a request that waited while another turn runs ends no turn. */
  #packEnded({ event, turnId }: LoggedEvent): void {
    if (event.type !== "turn_ended") return;
    const entries = this.#entries.slice(this.#firstIndex);
    if (entries.some((entry) => entry.turnId !== turnId && entry.event.type !== "turn_ended")) return;
    const packed = new PackedEvents(entries);
    this.#packed.push(packed);
    this.#size += packed.size - entries.reduce((sum, other) => sum + sizeOf(other.event), 0);
    this.#entries = [];
    this.#firstIndex = 0;
  }
}
