/**
 * Splits Markdown where a paragraph surely ends, so that a growing answer is read again only from its last block. The
 * blocks joined are the text. A text with reference definitions stays whole: they reach across blocks.
 */
export function blocks(markdown: string): readonly string[] {
  if (DEFINITION.test(markdown)) return [markdown];
  const found: string[] = [];
  let start = 0;
  let fence: string | undefined;
  let blankBefore = false;
  for (const { index, text } of lines(markdown)) {
    const mark = FENCE.exec(text)?.[1];
    if (fence === undefined && blankBefore && STANDS_ALONE.test(text)) {
      found.push(markdown.slice(start, index));
      start = index;
    }
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence) && text.trim() === mark) fence = undefined;
    }
    blankBefore = fence === undefined && text.trim() === "";
  }
  found.push(markdown.slice(start));
  return found;
}

/** Footnotes and link targets. */
const DEFINITION = /^ {0,3}\[[^\]]+\]:/m;

/** At any depth: a fence within a list item must not be taken for its end. */
const FENCE = /^[\s>]*(`{3,}|~{3,})/;

/** Neither indented, which would continue a list item, nor a list item, which would continue its list. */
const STANDS_ALONE = /^(?![-+*](\s|$)|\d{1,9}[.)](\s|$))\S/;

function* lines(text: string): Generator<{ index: number; text: string }> {
  let index = 0;
  while (index < text.length) {
    const end = text.indexOf("\n", index);
    const next = end < 0 ? text.length : end + 1;
    yield { index, text: text.slice(index, next) };
    index = next;
  }
}
