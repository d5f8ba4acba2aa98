import { iterateLines } from "./lines.ts";

/**
 * Splits Markdown at safe paragraph ends, so that only the last block of a growing reply is parsed again. The joined
 * blocks equal the text. A text with reference definitions is one block, because they apply to the entire text.
 */
export function splitBlocks(markdown: string): readonly string[] {
  if (DEFINITION.test(markdown)) return [markdown];
  const result: string[] = [];
  let start = 0;
  let isFenced = false;
  let isAfterBlank = false;
  for (const { index, text, isCode } of iterateLines(markdown)) {
    if (!isFenced && isAfterBlank && BLOCK_START.test(text)) {
      result.push(markdown.slice(start, index));
      start = index;
    }
    isAfterBlank = !isCode && text.trim() === "";
    isFenced = isCode;
  }
  result.push(markdown.slice(start));
  return result;
}

/** Matches definitions of footnotes and link targets. */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m;

/** Matches the start of a block. An indented line or a list item would continue a list. */
const BLOCK_START = /^(?![-+*](\s|$)|\d{1,9}[.)](\s|$))\S/;
