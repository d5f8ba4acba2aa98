import { iterateLines } from "./lines.ts";

/**
 * Returns whether a text can be parsed as Markdown in reasonable time. The parser is recursive, and its time grows with
 * the square of the nesting depth. Thousands of nested quotes or lists block the page for a minute and then crash it.
 */
export function isSafeToParse(markdown: string): boolean {
  let marks = 0;
  for (const { text, isCode } of iterateLines(markdown)) {
    if (isCode) continue;
    if (DEEPLY_NESTED.test(text)) return false;
    if (BLOCK_START.test(text)) marks = 0;
    marks += text.match(MARK)?.length ?? 0;
    if (marks > MAX_MARKS) return false;
  }
  return true;
}

/** Matches 30 nested quotes or lists that are opened on one line. */
const DEEPLY_NESTED = /^(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){30}/;

/** Matches the start of a block. Emphasis from the previous line does not continue in it. */
const BLOCK_START = /^\s*(?:$|[|#>]|[-+*]\s|\d{1,9}[.)]\s)/;

/** Matches marks that can open emphasis, code, strikethrough or a link. */
const MARK = /\*+|_+|`+|~+|\[/g;

/** Limit for one paragraph. */
const MAX_MARKS = 500;
