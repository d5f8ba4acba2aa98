/** How much of the model's context tool results may take within one turn. Pure; in characters, by the rule of four a token. */
import type { ToolResult } from "../types.ts";

/** What even the last result of a long turn may take: its shape. */
const LEAST = 2000;
/** For the line about a chunk. */
const ABOUT_CHUNK = 200;
/** Large enough to read, small enough that several fit. */
const LARGEST_CHUNK = 20_000;

/**
 * For the next result, after those of the turn so far. All together keep to half of the context: each takes at most half
 * of what is left of that, and none more than a quarter of it; the least that each may take comes on top.
 */
export function roomForResult(
  contextTokens: number,
  maxMessageSize: number,
  before: readonly ToolResult[],
): number {
  const half = contextTokens * 2;
  const used = before.reduce((sum, { content }) => sum + content.length, 0);
  return Math.min(maxMessageSize, Math.max(LEAST, Math.floor(Math.min(half / 4, (half - used) / 2))));
}

/** Of a result that is kept to be read in parts: such that a chunk with a line about it has room even late in a turn. */
export function chunkSizeFor(contextTokens: number, maxMessageSize: number): number {
  return Math.max(100, Math.min(maxMessageSize, LARGEST_CHUNK, Math.floor(contextTokens / 4)) - ABOUT_CHUNK);
}
