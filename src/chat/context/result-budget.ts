/** How much of the model's context tool results may take within one turn. Pure; in characters, by the rule of four a token. */
import type { ToolResult } from "../types.ts";

/** What even the last result of a long turn may take: its shape. */
const MIN_RESULT_BUDGET = 2000;
/** For the line about a chunk. */
const CHUNK_HEADER_LENGTH = 200;
/** Large enough to read, small enough that several fit. */
const MAX_CHUNK_SIZE = 20_000;

/**
 * For the next result, after those of the turn so far. All together keep to half of the context: each takes at most half
 * of what is left of that, and none more than a quarter of it; the least that each may take comes on top.
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

/** Of a result that is kept to be read in parts: such that a chunk with a line about it has room even late in a turn. */
export function resultChunkSize(contextTokens: number, maxMessageSize: number): number {
  return Math.max(
    100,
    Math.min(maxMessageSize, MAX_CHUNK_SIZE, Math.floor(contextTokens / 4)) - CHUNK_HEADER_LENGTH,
  );
}
