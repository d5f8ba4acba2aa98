/** Which part of a session's history a model call gets to see. Pure; the stored history is never touched. */
import { estimateAllTokens, estimateTokens } from "../tokens.ts";
import type { Message } from "../types.ts";
import { truncateOldResults } from "./trim-current.ts";
import { findStableStart, findTurnStarts, type HistoryEntry, isToolExchange } from "./trim-steps.ts";

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
  const budget = {
    messages: maxMessages - current.length,
    tokens: maxTokens - estimateAllTokens(current),
    halfMessages: maxMessages / 2 - current.length,
    halfTokens: maxTokens / 2 - estimateAllTokens(current),
  };
  const entries = history.map((message, index) => ({
    message,
    position: skipped + index,
    tokens: estimateTokens(message),
  }));
  const visible =
    strategy === "smart_prune" ? pruneExchanges(entries, budget) : slideWindow(entries, budget, strategy);
  // Always a list of its own: the turn goes on growing while a model may still be reading this one.
  return [...visible.map(({ message }) => message), ...truncateOldResults(current, maxTokens)];
}

/** What there is for the history; `half…`: where a step may end at the latest. */
interface HistoryBudget {
  readonly messages: number;
  readonly tokens: number;
  readonly halfMessages: number;
  readonly halfTokens: number;
}

function slideWindow(
  entries: readonly HistoryEntry[],
  budget: HistoryBudget,
  strategy: TrimStrategy,
): readonly HistoryEntry[] {
  const size = measureSuffixes(entries);
  const start = findStableStart(findTurnStarts(entries), entries, {
    fits: (index) => fits(size(index), budget),
    isLate: (index) => strategy === "truncate" || isTooSmall(size(index), budget),
  });
  return entries.slice(start);
}

function pruneExchanges(entries: readonly HistoryEntry[], budget: HistoryBudget): readonly HistoryEntry[] {
  const dialogue = entries.filter(
    ({ message }, index) => !isToolExchange(message, entries[index + 1]?.message),
  );
  const fullSize = measureSuffixes(entries);
  const dialogueSize = measureSuffixes(dialogue);
  // For each entry, how many of the dialogue stand before it.
  const dialogueSet = new Set(dialogue);
  const dialogueBefore = [0];
  for (const entry of entries)
    dialogueBefore.push((dialogueBefore.at(-1) ?? 0) + (dialogueSet.has(entry) ? 1 : 0));
  /** Calls and results before `index` left out, all after it seen. */
  const size = (index: number) => {
    const [older, rest, newer] = [dialogueSize(0), dialogueSize(dialogueBefore[index] ?? 0), fullSize(index)];
    return {
      messages: older.messages - rest.messages + newer.messages,
      tokens: older.tokens - rest.tokens + newer.tokens,
    };
  };
  const [first] = findTurnStarts(entries);
  if (first === undefined || !fits(size(entries.length), budget))
    return slideWindow(dialogue, budget, "smart_prune");
  const start = findStableStart(findTurnStarts(entries), entries, {
    fits: (index) => fits(size(index), budget),
    isLate: (index) => isTooSmall(size(index), budget),
  });
  return [...dialogue.slice(dialogueBefore[first] ?? 0, dialogueBefore[start]), ...entries.slice(start)];
}

interface Size {
  readonly messages: number;
  readonly tokens: number;
}

/** Size of the entries from an index on. */
function measureSuffixes(entries: readonly HistoryEntry[]): (index: number) => Size {
  const tokens = [0];
  for (const entry of entries) tokens.push((tokens.at(-1) ?? 0) + entry.tokens);
  return (index) => ({
    messages: entries.length - index,
    tokens: (tokens.at(-1) ?? 0) - (tokens[index] ?? 0),
  });
}

function fits({ messages, tokens }: Size, budget: HistoryBudget): boolean {
  return messages === 0 || (messages <= budget.messages && tokens <= budget.tokens);
}

/** Less than half of what is allowed would be left. */
function isTooSmall({ messages, tokens }: Size, budget: HistoryBudget): boolean {
  return messages < budget.halfMessages && tokens < budget.halfTokens;
}
