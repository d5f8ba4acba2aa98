/**
 * Finds where a history is cut. A cut stays in place for many turns: models cache the beginning of a conversation, and a
 * beginning that moved with every turn would never be read from the cache.
 */
import type { Message } from "../types.ts";

export interface HistoryEntry {
  readonly message: Message;
  /** The index of the message in its session, whatever part of the session was read. */
  readonly position: number;
  readonly tokens: number;
}

/** Returns the indices of the user messages. A turn begins at each, so the history can be cut there. */
export function findTurnStarts(entries: readonly HistoryEntry[]): readonly number[] {
  return entries.flatMap(({ message }, index) => (message.role === "user" ? [index] : []));
}

/** Returns whether a message holds calls or their results, and so is not part of the dialogue. */
export function isToolExchange(message: Message, next: Message | undefined): boolean {
  return message.role === "results" || (message.role === "assistant" && next?.role === "results");
}

/**
 * Returns the first of `starts` if everything from it on `fits`. Otherwise returns a later start that fits and that the
 * next turns will choose too; a start that `isLate` is never preferred to the first that fits.
 *
 * The choice depends on positions alone: the candidate at or after the roundest position (in binary) wins. It keeps
 * winning until it no longer fits, or until a candidate at twice as round a position is added.
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

  /** Returns the exponent of the highest power of two with a multiple after the previous start and up to this one. */
  function rank(index: number): number {
    const position = positionOf(starts[index]);
    const previous = index === 0 ? position - 1 : positionOf(starts[index - 1]);
    return 31 - Math.clz32(position ^ previous);
  }

  function positionOf(start: number | undefined): number {
    return entries[start ?? -1]?.position ?? 0;
  }
}
