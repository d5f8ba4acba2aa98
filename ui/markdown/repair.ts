/** Completes the end of a growing text, so that no raw syntax appears: `**bo` is shown as bold, `| a | b` as the head of a table. */
import { closeInline } from "./close-inline.ts";
import { iterateLines } from "./lines.ts";
import { EARLIER_CHILD } from "./pieces.ts";

/** Returns `tail` as it is shown while more text follows. `context` is what comes before it in the same block. */
export function repairTail(tail: string, context: string): string {
  const start = tail.lastIndexOf("\n") + 1;
  const line = tail.slice(start);
  const code = readFences(context + tail);
  if (code.isOpen) return code.isNew || FENCE_BEGIN.test(line) ? tail.slice(0, start) : tail;
  if (code.isLast) return tail;
  const isInItem = context.endsWith(`${EARLIER_CHILD}\n`);
  const table = context === "" || isInItem ? completeTableHead(tail, isInItem) : undefined;
  if (table !== undefined) return table;
  const isBegun = INCOMPLETE_START.test(line) || FENCE_LINE.test(line) || isDefinition(tail, start);
  const shown = isBegun ? tail.slice(0, start) : tail;
  const from = Math.min(shown.length, Math.max(startOfText(shown), code.end - context.length));
  return shown.slice(0, from) + closeInline(shown.slice(from));
}

/** Matches the start of a line that may become a marker, a rule or the underline of a heading, after markers of its containers. */
const INCOMPLETE_START =
  /^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])(?=[ \t]|$))*[ \t]*(?:#{1,6}|[-=_*]+|`{1,2}|~{1,2}|\d{1,9}|\[(?:[ xX]|\^[^\]]*)?\]?|\|)?[ \t]*$/;

/** Matches the line of a fence: its language is not complete. */
const FENCE_LINE = /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?:`{3,}[^`]*|~{3,}.*)$/;

/** Returns whether the last line may define the address of a link. Such a line does not continue a paragraph. */
function isDefinition(text: string, start: number): boolean {
  const before = text.slice(0, start);
  return (
    /^ {0,3}\[(?!\^)[^[\]]*(?:\]?|\]:.*)$/.test(text.slice(start)) &&
    /(?:^|\n[ \t]*\n|(?:^|\n) {0,3}\[[^[\]]+\]:[^\n]*\n)$/.test(before)
  );
}

/** Matches the beginning of the fence that ends code. */
const FENCE_BEGIN = /^[\s>]*(?:`+|~+)$/;

/** Returns whether the text ends in a fence, whether its last line opens one or belongs to one, and where the last fence ends. */
function readFences(text: string) {
  let code = { isOpen: false, isNew: false, isLast: false, end: 0 };
  let at = 0;
  for (const line of iterateLines(text)) {
    at += line.text.length;
    const isNew = line.isOpen && !code.isOpen && !line.text.endsWith("\n");
    code = {
      isOpen: line.isOpen,
      isNew,
      isLast: line.isCode && !line.text.endsWith("\n"),
      end: line.isCode ? at : code.end,
    };
  }
  return code;
}

/** Adds the delimiter row to the first line of a table, and completes one that has begun. */
function completeTableHead(tail: string, isInItem: boolean): string | undefined {
  const [, before = "", prefix = "", head, delimiter] = TABLE_HEAD.exec(tail) ?? [];
  if (head === undefined || isTableRow(before)) return undefined;
  // Deeper than that is code, unless it is in an item.
  if (/^ {4}/.test(prefix) && !isInItem && !/(?:^|\n)[\s>]*(?:[-+*]|\d{1,9}[.)])[ \t]/.test(before))
    return undefined;
  if (delimiter !== undefined && !/^[\s>|:-]*$/.test(delimiter)) return undefined;
  const cells = head
    .trim()
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split(/(?<!\\)\|/);
  const closed = cells.map((cell, index) => (index === cells.length - 1 ? closeInline(cell) : cell));
  const nextPrefix = prefix.replace(/[^\s>]/g, " ");
  return `${before}${prefix}|${closed.join("|")}|\n${nextPrefix}|${"-|".repeat(cells.length)}`;
}

/** Matches the first lines of a table: what comes before, the marks of its containers, the head, the beginning of the delimiter row. */
const TABLE_HEAD =
  /^([\s\S]*?(?:^|\n))((?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])(?=[ \t]))*[ \t]{0,12})(\|[^\n]*[^\s|][^\n]*)(?:\n([^\n]*))?$/;

/** Returns whether the last line is a row of a table. */
function isTableRow(text: string): boolean {
  return /(?:^|\n)[\s>]*\|[^\n]*\n$/.test(text);
}

/** Returns where the inline text at the end begins: at the last line that starts a block, or after a blank line. */
function startOfText(shown: string): number {
  const starts = [...shown.matchAll(BLOCK_STARTS)];
  const start = starts.at(-1)?.index ?? 0;
  const isEnded = /\n[ \t]*\n$/.test(shown) || (shown.endsWith("\n") && /^\s*[|#]/.test(shown.slice(start)));
  return isEnded ? shown.length : start;
}

const BLOCK_STARTS = /(?<=\n[ \t]*\n|^|\n(?=\s*(?:[|#>]|[-+*]\s|\d{1,9}[.)]\s)))(?=[^\n])/g;
