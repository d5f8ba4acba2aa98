/**
 * Consecutive events in little memory: the deltas of a round are one text and the places where they end. An event of its own takes
 * ten times as much as its text.
 */
import type { ChatEvent, TurnId } from "../chat/types.ts";
import { sizeOf } from "./event-size.ts";
import type { LoggedEvent } from "./types.ts";

type Delta = Extract<ChatEvent, { readonly type: "text_delta" | "reasoning_delta" }>;

/** Consecutive deltas of one kind, round and turn. */
interface DeltaRun {
  readonly seq: number;
  readonly turnId: TurnId;
  readonly type: Delta["type"];
  readonly round: number;
  readonly text: string;
  /** The index in `text` after each delta. */
  readonly ends: Uint16Array | Uint32Array;
}

export class PackedEvents {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The estimated memory, in characters. */
  readonly size: number;
  readonly #parts: readonly (LoggedEvent | DeltaRun)[];

  /** @param entries with consecutive numbers, at least one. */
  constructor(entries: readonly LoggedEvent[]) {
    this.firstSeq = entries[0]?.seq ?? 0;
    this.lastSeq = entries.at(-1)?.seq ?? 0;
    this.#parts = packDeltas(entries);
    this.size = this.#parts.reduce((sum, part) => sum + sizeOfPart(part), 0);
  }

  unpack(): readonly LoggedEvent[] {
    return this.#parts.flatMap((part) => ("event" in part ? [part] : unpackRun(part)));
  }
}

function sizeOfPart(part: LoggedEvent | DeltaRun): number {
  return "event" in part ? sizeOf(part.event) : 200 + part.text.length + 2 * part.ends.length;
}

function packDeltas(entries: readonly LoggedEvent[]): readonly (LoggedEvent | DeltaRun)[] {
  const parts: (LoggedEvent | DeltaRun)[] = [];
  for (let at = 0; at < entries.length; ) {
    const run = takeRun(entries, at);
    const [first] = run;
    if (first) parts.push(packRun(first, run));
    else parts.push(entries[at] as LoggedEvent);
    at += Math.max(1, run.length);
  }
  return parts;
}

type DeltaEntry = LoggedEvent & { readonly event: Delta };

/** Returns the deltas from `at` on that belong together. */
function takeRun(entries: readonly LoggedEvent[], at: number): readonly DeltaEntry[] {
  const run: DeltaEntry[] = [];
  for (let index = at; index < entries.length; index += 1) {
    const entry = entries[index];
    if (!entry || !isDelta(entry)) break;
    const { event, turnId } = run[0] ?? entry;
    if (entry.event.type !== event.type || entry.event.round !== event.round || entry.turnId !== turnId)
      break;
    run.push(entry);
  }
  return run;
}

function isDelta(entry: LoggedEvent): entry is DeltaEntry {
  const { type } = entry.event;
  return (type === "text_delta" || type === "reasoning_delta") && entry.requestId === undefined;
}

function packRun({ seq, turnId, event }: DeltaEntry, run: readonly DeltaEntry[]): DeltaRun {
  const text = run.map((entry) => entry.event.text).join("");
  const ends = text.length < 65_536 ? new Uint16Array(run.length) : new Uint32Array(run.length);
  let end = 0;
  for (const [index, entry] of run.entries()) {
    end += entry.event.text.length;
    ends[index] = end;
  }
  return { seq, turnId, type: event.type, round: event.round, text, ends };
}

function unpackRun({ seq, turnId, type, round, text, ends }: DeltaRun): readonly LoggedEvent[] {
  return Array.from(ends, (end, index) => ({
    seq: seq + index,
    turnId,
    event: { type, round, text: text.slice(ends[index - 1] ?? 0, end) },
  }));
}
