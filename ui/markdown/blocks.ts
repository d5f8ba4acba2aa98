import { lines } from "./lines.ts";

/**
 * Splits Markdown where a paragraph surely ends, so that a growing answer is read again only from its last block. The
 * blocks joined are the text. A text with reference definitions stays whole: they reach across blocks.
 */
export function blocks(markdown: string): readonly string[] {
  if (DEFINITION.test(markdown)) return [markdown];
  const found: string[] = [];
  let start = 0;
  let isFenced = false;
  let isAfterBlank = false;
  for (const { index, text, isCode } of lines(markdown)) {
    if (!isFenced && isAfterBlank && STANDS_ALONE.test(text)) {
      found.push(markdown.slice(start, index));
      start = index;
    }
    isAfterBlank = !isCode && text.trim() === "";
    isFenced = isCode;
  }
  found.push(markdown.slice(start));
  return found;
}

/** Footnotes and link targets. */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m;

/** Neither indented, which would continue a list item, nor a list item, which would continue its list. */
const STANDS_ALONE = /^(?![-+*](\s|$)|\d{1,9}[.)](\s|$))\S/;
