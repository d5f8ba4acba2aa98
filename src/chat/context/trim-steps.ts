/**
 * Where a history may be cut, and where it is cut so that the cut stays for many turns: what a model has cached is the
 * beginning of the conversation, and a beginning that moved with each turn would never be read again.
 */
import type { Message } from "../types.ts";

/** `at` counts from the session's first message, whatever part of it is looked at. */
export interface HistoryEntry {
  readonly message: Message;
  readonly at: number;
  readonly tokens: number;
}

/** Indices of the user messages: a turn begins there, and what is before can go. */
export function findTurnStarts(entries: readonly HistoryEntry[]): readonly number[] {
  return entries.flatMap(({ message }, index) => (message.role === "user" ? [index] : []));
}

/** A call or its results: part of how an answer came about, not of the dialogue. */
export function isToolExchange(message: Message, next: Message | undefined): boolean {
  return message.role === "results" || (message.role === "assistant" && next?.role === "results");
}

/**
 * The first of `starts` where what follows `fits`; when something has to go, one at or after it, chosen so that the next
 * turns choose the same, but none that `isLate`. Decided from the positions alone: of the turns in question the one that
 * begins at or after the roundest position (in binary) wins, and it goes on winning until it has to go itself or one at
 * twice as round a position has come up.
 */
export function findStableStart(
  starts: readonly number[],
  entries: readonly HistoryEntry[],
  { fits, isLate }: { fits: (start: number) => boolean; isLate: (start: number) => boolean },
): number {
  const earliest = starts.findIndex(fits);
  const first = starts[earliest];
  if (first === undefined) return entries.length;
  if (earliest === 0) return first;
  let [best, bestRank] = [first, rank(earliest)];
  for (let index = earliest + 1; index < starts.length; index++) {
    const start = starts[index];
    if (start === undefined || isLate(start)) break;
    if (rank(index) > bestRank) [best, bestRank] = [start, rank(index)];
  }
  return best;

  /** The highest power of two with a multiple after the turn before and up to this one. */
  function rank(index: number): number {
    const at = atOf(starts[index]);
    const before = index === 0 ? at - 1 : atOf(starts[index - 1]);
    return 31 - Math.clz32(at ^ before);
  }

  function atOf(start: number | undefined): number {
    return entries[start ?? -1]?.at ?? 0;
  }
}
