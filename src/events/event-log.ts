/**
 * What happened in a session, numbered and kept for a while: whoever watches it is told as it happens, whoever was away is
 * told what was missed. With a bus it is one story over several processes.
 */
import type { SessionId, ToldEvent, TurnId } from "../chat/types.ts";
import type { StoryRoom } from "./memory-budget.ts";

export interface Told {
  readonly seq: number;
  readonly turnId: TurnId;
  readonly event: ToldEvent;
  /** Who asked, where a turn begins or could not: they know the question, and find their turn by it. */
  readonly asker?: unknown;
}

/** Notices belong to no story: they have the number of what came before, and nobody who was away is told of them. */
export interface Watcher {
  told(entry: Told): void;
  /** The conversation was forgotten. */
  cleared(): void;
}

/** Events kept: an answer of 64,000 tokens is about as many. */
const KEPT = 50_000;
/** Characters they may have. */
const KEPT_SIZE = 8_000_000;

export class Story {
  readonly session: SessionId;
  /** Where others are told of it too. */
  publish: ((entry: Told) => void) | undefined;
  readonly #watchers = new Set<Watcher>();
  /** Consecutive; the last one is `seq`. Those before `#first` were dropped. */
  #entries: Told[] = [];
  #first = 0;
  #size = 0;
  #seq = 0;
  #changes = 0;
  readonly #room: StoryRoom | undefined;

  /** @param room that it shares with others. */
  constructor(session: SessionId, room?: StoryRoom) {
    this.session = session;
    this.#room = room;
  }

  /** Of the newest event. */
  get seq(): number {
    return this.#seq;
  }

  /** Events that rest on what was stored, counted: what is read while it stays the same belongs to what was told. */
  get changes(): number {
    return this.#changes;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Nobody was told anything between what is here and `seq`, or it is known no longer. */
  goOnFrom(seq: number): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    this.forget();
  }

  /** What happened is known here no longer. */
  forget(): void {
    this.#entries = [];
    this.#first = 0;
    this.#size = 0;
    this.#room?.release(this);
  }

  /** Forgets it, unless a turn is open: what it has shown is stored nowhere else, however long ago it began. */
  giveUp(): void {
    if (this.#entries.at(-1)?.event.type === "turn_ended") this.forget();
  }

  tell(event: ToldEvent, turnId: TurnId, asker?: unknown): Told {
    if (event.type !== "notice") this.#seq += 1;
    const entry: Told = { seq: this.#seq, turnId, event, ...(asker !== undefined && { asker }) };
    if (event.type !== "notice") {
      this.#keep(entry);
      this.publish?.(entry);
    }
    for (const watcher of this.#watchers) watcher.told(entry);
    return entry;
  }

  /** Told by another process. */
  receive(entry: Told): void {
    if (entry.event.type !== "notice") {
      if (entry.seq <= this.#seq) return;
      if (entry.seq > this.#seq + 1) this.goOnFrom(entry.seq - 1);
      this.#seq = entry.seq;
      this.#keep(entry);
    }
    for (const watcher of this.#watchers) watcher.told(entry);
  }

  /** The newest turn, while it has not ended, and the number of what came before it; undefined: it is not known any more. */
  get openTurn(): { readonly turnId: TurnId; readonly after: number } | undefined {
    const newest = this.#entries.findLast(
      ({ event }, index) =>
        index >= this.#first && (event.type === "turn_started" || event.type === "turn_ended"),
    );
    if (newest?.event.type !== "turn_started") return undefined;
    return { turnId: newest.turnId, after: newest.seq - 1 };
  }

  /** Text that was shown since anything else happened. */
  get partial(): string {
    const since = this.#entries.findLastIndex(
      ({ event }) => event.type !== "text_delta" && event.type !== "reasoning_delta",
    );
    const deltas = this.#entries.slice(Math.max(since + 1, this.#first));
    return deltas.map(({ event }) => (event.type === "text_delta" ? event.text : "")).join("");
  }

  /** All text that a turn has shown; undefined: its beginning is not known here. */
  textOf(turnId: TurnId): string | undefined {
    const own = this.#entries.slice(this.#first).filter((entry) => entry.turnId === turnId);
    if (own[0]?.event.type !== "turn_started") return undefined;
    return own.map(({ event }) => (event.type === "text_delta" ? event.text : "")).join("");
  }

  /** What happened before all that is known here: nobody is told of it, but whoever was away may be. */
  prepend(entries: readonly Told[]): void {
    const oldest = this.#entries[this.#first]?.seq ?? this.#seq + 1;
    const older = entries.filter(({ seq }) => seq < oldest);
    if (older.length === 0 || older.at(-1)?.seq !== oldest - 1) return;
    this.#entries = [...older, ...this.#entries.slice(this.#first)];
    this.#first = 0;
    this.#size += older.reduce((sum, { event }) => sum + sizeOf(event), 0);
    this.#room?.hold(this, this.#size);
  }

  cleared(): void {
    for (const watcher of this.#watchers) watcher.cleared();
  }

  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** What happened after `seq`; undefined: it is not known any more, or there never was such a number. */
  since(seq: number): readonly Told[] | undefined {
    if (seq === this.#seq) return [];
    const oldest = this.#entries[this.#first]?.seq;
    if (oldest === undefined || seq < oldest - 1 || seq > this.#seq) return undefined;
    return this.#entries.slice(this.#first + (seq - oldest + 1));
  }

  #keep(entry: Told): void {
    if (entry.event.type !== "text_delta" && entry.event.type !== "reasoning_delta") this.#changes += 1;
    this.#entries.push(entry);
    this.#size += sizeOf(entry.event);
    while (this.#entries.length - this.#first > KEPT || this.#size > KEPT_SIZE) {
      const oldest = this.#entries[this.#first];
      if (!oldest || oldest === entry) break;
      this.#size -= sizeOf(oldest.event);
      this.#first += 1;
    }
    // Never more than are kept: what one event costs does not depend on their number, and what was dropped takes no memory.
    if (this.#first > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    this.#room?.hold(this, this.#size);
  }
}

/** Characters, roughly. */
function sizeOf(event: ToldEvent): number {
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
