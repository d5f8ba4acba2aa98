/** Budgets for tool results within one turn, in characters at four per token. Pure. */
import type { ToolResult } from "../types.ts";

/** The budget of the last result of a long turn, enough for a description of its shape. */
const MIN_RESULT_BUDGET = 2000;
/** The space reserved for the line that introduces a chunk. */
const CHUNK_HEADER_LENGTH = 200;
/** Large enough to be useful, small enough that several fit. */
const MAX_CHUNK_SIZE = 20_000;

/**
 * Returns the budget of the next result. All results together take at most half of the context: each takes at most half
 * of what remains of that half, and at most a quarter of it. The minimum of each result may exceed this total.
 */
export function resultBudget(
  contextTokens: number,
  maxMessageSize: number,
  previousResults: readonly ToolResult[],
): number {
  const half = contextTokens * 2;
  const used = previousResults.reduce((sum, { content }) => sum + content.length, 0);
  return Math.min(
    maxMessageSize,
    Math.max(MIN_RESULT_BUDGET, Math.floor(Math.min(half / 4, (half - used) / 2))),
  );
}

/** Returns the chunk size of a stored result. A chunk with its introducing line fits even late in a turn. */
export function resultChunkSize(contextTokens: number, maxMessageSize: number): number {
  return Math.max(
    100,
    Math.min(maxMessageSize, MAX_CHUNK_SIZE, Math.floor(contextTokens / 4)) - CHUNK_HEADER_LENGTH,
  );
}
