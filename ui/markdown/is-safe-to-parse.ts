import { iterateLines } from "./lines.ts";

/**
 * May this text be read as Markdown? Its reader is recursive and takes time with the square of the nesting: quotes or
 * lists some thousands deep, which nobody writes but an API may return, would hold the page for a minute and then break it.
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

/** Quotes and lists within one another, opened on one line. */
const DEEPLY_NESTED = /^(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){30}/;

/** A paragraph of its own: emphasis does not reach into it from the line before. */
const BLOCK_START = /^\s*(?:$|[|#>]|[-+*]\s|\d{1,9}[.)]\s)/;

/** What may open emphasis, code, struck text or a link. */
const MARK = /\*+|_+|`+|~+|\[/g;

/** In one paragraph. */
const MAX_MARKS = 500;
