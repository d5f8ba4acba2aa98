/** Selects the part of a session's history that a model call sees. Pure: the stored history is never changed. */
import { estimateAllTokens, estimateTokens } from "../tokens.ts";
import type { Message } from "../types.ts";
import { truncateOldResults } from "./trim-current.ts";
import { findStableStart, findTurnStarts, type HistoryEntry, isToolExchange } from "./trim-steps.ts";

/** The values of `conversation_strategy` in the native protocol (src/protocols/native/PROTOCOL.md). */
export const TRIM_STRATEGIES = ["sliding_window", "truncate", "smart_prune"] as const;
export type TrimStrategy = (typeof TRIM_STRATEGIES)[number];

export interface TrimLimits {
  readonly strategy: TrimStrategy;
  /** The number of messages that the model may see. */
  readonly maxMessages: number;
  /** Estimated tokens (tokens.ts) that the messages may take. */
  readonly maxTokens: number;
}

/**
 * Returns as much of `history` as fits before `current`, the messages of the current turn, which are all kept. Only when
 * these alone take too many tokens is the content of their older results omitted. Cuts are made before user messages, so a
 * call keeps its result and the first message is a user message. Trimming a trimmed history again changes nothing.
 *
 * - `sliding_window` keeps the newest messages. At the limit it drops up to half of them, so that the beginning stays the
 *   same for many turns and is read from the model's cache.
 * - `truncate` keeps as many of the newest messages as fit.
 * - `smart_prune` drops the oldest calls with their results first, then the oldest dialogue; also in steps.
 *
 * @param skipped the number of messages of the session before `history`.
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
  // A copy, because the turn grows while a model may still be reading this list.
  return [...visible.map(({ message }) => message), ...truncateOldResults(current, maxTokens)];
}

/** The budget of the history. A step never leaves fewer messages and fewer tokens than both `half…` values. */
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
  const sizeFrom = measureSuffixes(entries);
  const start = findStableStart(findTurnStarts(entries), entries, {
    fits: (index) => fits(sizeFrom(index), budget),
    isLate: (index) => strategy === "truncate" || isTooSmall(sizeFrom(index), budget),
  });
  return entries.slice(start);
}

function pruneExchanges(entries: readonly HistoryEntry[], budget: HistoryBudget): readonly HistoryEntry[] {
  const dialogue = entries.filter(
    ({ message }, index) => !isToolExchange(message, entries[index + 1]?.message),
  );
  const fullSize = measureSuffixes(entries);
  const dialogueSize = measureSuffixes(dialogue);
  // For each entry, the number of dialogue entries before it.
  const dialogueSet = new Set(dialogue);
  const dialogueBefore = [0];
  for (const entry of entries)
    dialogueBefore.push((dialogueBefore.at(-1) ?? 0) + (dialogueSet.has(entry) ? 1 : 0));
  /** Returns the size when calls and results before `index` are dropped. */
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

/** Returns a function that measures the entries from an index on. */
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

/** Returns whether less than half of the budget would be used. */
function isTooSmall({ messages, tokens }: Size, budget: HistoryBudget): boolean {
  return messages < budget.halfMessages && tokens < budget.halfTokens;
}
