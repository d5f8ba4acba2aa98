import { iterateLines } from "./lines.ts";

/**
 * Splits Markdown where a paragraph surely ends, so that a growing answer is read again only from its last block. The
 * blocks joined are the text. A text with reference definitions stays whole: they reach across blocks.
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

/** Footnotes and link targets. */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m;

/** Neither indented, which would continue a list item, nor a list item, which would continue its list. */
const BLOCK_START = /^(?![-+*](\s|$)|\d{1,9}[.)](\s|$))\S/;
