/** Which part of a session's history a model call gets to see. Pure; the stored history is never touched. */
import { estimateAllTokens, estimateTokens } from "../tokens.ts";
import type { Message } from "../types.ts";
import { thinTurn } from "./trim-current.ts";
import { type Entry, isExchange, stableStart, startsOf } from "./trim-steps.ts";

/** Contract 000, `conversation_strategy`. */
export const TRIM_STRATEGIES = ["sliding_window", "truncate", "smart_prune"] as const;
export type TrimStrategy = (typeof TRIM_STRATEGIES)[number];

export interface TrimLimits {
  readonly strategy: TrimStrategy;
  /** Messages the model may see. */
  readonly maxMessages: number;
  /** Estimated tokens (tokens.ts) the messages may take. */
  readonly maxTokens: number;
}

/**
 * As much of `history` as fits beside `current`, the running turn, which is always seen whole: only when it alone takes
 * more tokens than there are, its older results are. Cuts stand before user messages, so a call is never separated from its
 * result and the model always begins with a user turn. What comes out goes through again unchanged.
 *
 * - `sliding_window` keeps the newest messages, and when the limit is reached leaves out up to half of them, so that the
 *   beginning stays the same for many turns and is read from the model's cache.
 * - `truncate` keeps as many of the newest messages as fit, to the last one.
 * - `smart_prune` leaves out calls with their results first, oldest first, then the oldest dialogue; in steps as well.
 *
 * `skipped`: messages of the session before `history`, which were not even read.
 */
export function trim(
  history: readonly Message[],
  current: readonly Message[],
  { strategy, maxMessages, maxTokens }: TrimLimits,
  skipped = 0,
): readonly Message[] {
  const room = {
    messages: maxMessages - current.length,
    tokens: maxTokens - estimateAllTokens(current),
    halfMessages: maxMessages / 2 - current.length,
    halfTokens: maxTokens / 2 - estimateAllTokens(current),
  };
  const entries = history.map((message, index) => ({
    message,
    at: skipped + index,
    tokens: estimateTokens(message),
  }));
  const seen = strategy === "smart_prune" ? prune(entries, room) : slide(entries, room, strategy);
  // Always a list of its own: the turn goes on growing while a model may still be reading this one.
  return [...seen.map(({ message }) => message), ...thinTurn(current, maxTokens)];
}

/** What there is for the history; `half…`: where a step may end at the latest. */
interface Room {
  readonly messages: number;
  readonly tokens: number;
  readonly halfMessages: number;
  readonly halfTokens: number;
}

function slide(entries: readonly Entry[], room: Room, strategy: TrimStrategy): readonly Entry[] {
  const size = sizesOf(entries);
  const start = stableStart(startsOf(entries), entries, {
    fits: (index) => fits(size(index), room),
    isLate: (index) => strategy === "truncate" || isLate(size(index), room),
  });
  return entries.slice(start);
}

function prune(entries: readonly Entry[], room: Room): readonly Entry[] {
  const dialogue = entries.filter(({ message }, index) => !isExchange(message, entries[index + 1]?.message));
  const whole = sizesOf(entries);
  const bare = sizesOf(dialogue);
  // For each entry, how many of the dialogue stand before it.
  const kept = new Set(dialogue);
  const before = [0];
  for (const entry of entries) before.push((before.at(-1) ?? 0) + (kept.has(entry) ? 1 : 0));
  /** Calls and results before `index` left out, all after it seen. */
  const size = (index: number) => {
    const [older, rest, newer] = [bare(0), bare(before[index] ?? 0), whole(index)];
    return {
      messages: older.messages - rest.messages + newer.messages,
      tokens: older.tokens - rest.tokens + newer.tokens,
    };
  };
  const [first] = startsOf(entries);
  if (first === undefined || !fits(size(entries.length), room)) return slide(dialogue, room, "smart_prune");
  const start = stableStart(startsOf(entries), entries, {
    fits: (index) => fits(size(index), room),
    isLate: (index) => isLate(size(index), room),
  });
  return [...dialogue.slice(before[first] ?? 0, before[start]), ...entries.slice(start)];
}

interface Size {
  readonly messages: number;
  readonly tokens: number;
}

/** Size of the entries from an index on. */
function sizesOf(entries: readonly Entry[]): (index: number) => Size {
  const tokens = [0];
  for (const entry of entries) tokens.push((tokens.at(-1) ?? 0) + entry.tokens);
  return (index) => ({
    messages: entries.length - index,
    tokens: (tokens.at(-1) ?? 0) - (tokens[index] ?? 0),
  });
}

function fits({ messages, tokens }: Size, room: Room): boolean {
  return messages === 0 || (messages <= room.messages && tokens <= room.tokens);
}

/** Less than half of what is allowed would be left. */
function isLate({ messages, tokens }: Size, room: Room): boolean {
  return messages < room.halfMessages && tokens < room.halfTokens;
}
