/** Completes the end of a growing text, so that no raw syntax appears: `**bo` is shown as bold, `| a | b` as the head of a table. */
import remend from "remend";
import { iterateLines } from "./lines.ts";

/** Returns `tail` as it is shown while more text follows. `context` is what comes before it in the same block. */
export function repairTail(tail: string, context: string): string {
  const start = tail.lastIndexOf("\n") + 1;
  const line = tail.slice(start);
  const isCode = isInCode(context + tail);
  if (isCode) return FENCE_BEGIN.test(line) ? tail.slice(0, start) : tail;
  const table = context === "" ? completeTableHead(tail) : undefined;
  if (table !== undefined) return table;
  if (INCOMPLETE_START.test(line) || FENCE_LINE.test(line)) return tail.slice(0, start);
  const from = startOfText(tail, start);
  return tail.slice(0, from) + closeInline(tail.slice(from));
}

/** Matches the start of a line that may become a marker, a rule or the underline of a heading, after markers of its containers. */
const INCOMPLETE_START =
  /^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])(?=[ \t]|$))*[ \t]*(?:#{1,6}|[-=_*]+|`{1,2}|~{1,2}|\d{1,9}|\[(?:[ xX]|\^[^\]]*)?\]?|\|)?[ \t]*$/;

/** Matches the line of a fence: its language is not complete. */
const FENCE_LINE = /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?:`{3,}[^`]*|~{3,}.*)$/;

/** Matches the beginning of the fence that ends code. */
const FENCE_BEGIN = /^[\s>]*(?:`+|~+)$/;

function isInCode(text: string): boolean {
  let isOpen = false;
  for (const line of iterateLines(text)) isOpen = line.isOpen;
  return isOpen;
}

/** Adds the delimiter row to the first line of a table, and completes one that has begun. */
function completeTableHead(tail: string): string | undefined {
  const [, before = "", head, delimiter] = TABLE_HEAD.exec(tail) ?? [];
  if (head === undefined || isTableRow(before)) return undefined;
  if (delimiter !== undefined && !/^[ \t|:-]*$/.test(delimiter)) return undefined;
  const cells = head
    .trim()
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split(/(?<!\\)\|/);
  const closed = cells.map((cell, index) => (index === cells.length - 1 ? closeInline(cell) : cell));
  return `${before}|${closed.join("|")}|\n|${"-|".repeat(cells.length)}`;
}

const TABLE_HEAD = /^([\s\S]*?(?:^|\n))[ \t]{0,3}(\|[^\n]*[^\s|][^\n]*)(?:\n([^\n]*))?$/;

/** Returns whether the last line is a row of a table. */
function isTableRow(text: string): boolean {
  return /(?:^|\n)[ \t]*\|[^\n]*\n$/.test(text);
}

/** Returns where the inline text at the end begins: at the last line that starts a block, or after a blank line. */
function startOfText(tail: string, lineStart: number): number {
  const before = tail.slice(0, lineStart);
  if (STARTS_BLOCK.test(tail.slice(lineStart))) return lineStart;
  const starts = [...before.matchAll(BLOCK_STARTS)];
  return starts.at(-1)?.index ?? 0;
}

const STARTS_BLOCK = /^\s*(?:[|#>]|[-+*]\s|\d{1,9}[.)]\s)/;
const BLOCK_STARTS = /(?<=\n[ \t]*\n|^|\n(?=\s*(?:[|#>]|[-+*]\s|\d{1,9}[.)]\s)))(?=[^\n])/g;

/** Removes marks at the end that mean nothing yet, and closes those that are open. */
function closeInline(text: string): string {
  const trimmed = text.replace(DANGLING, "").replace(LONE_LABEL, "$1");
  const closed = remend(trimmed, OPTIONS);
  return closed + openElements(closed);
}

const OPTIONS = {
  linkMode: "text-only",
  images: false,
  setextHeadings: false,
  comparisonOperators: false,
  singleTilde: false,
} as const;

/** Matches marks, a begun tag, entity, escape or footnote at the end. Marks that were closing ones are added again. */
const DANGLING =
  /(?:\\?[*_~`]+|<\/?[a-z]*|<[a-z]+ [^>]*|&[a-z#0-9]*|\\|!?\[\^?|\[\^[^\s[\]]{0,80}|(?<=\w)\[[^[\]\n]{0,40}|!)$/i;

/** Matches a label in brackets at the end, which an address may follow. Not a footnote, and not an index such as `a[0]`. */
const LONE_LABEL = /(?<![\w\]])!?\[(?!\^)([^[\]]*)\]$/;

/** Returns the end tags of the elements that are open. */
function openElements(text: string): string {
  const open: string[] = [];
  for (const [, slash, name = ""] of text.matchAll(/<(\/?)(sub|sup|kbd)>/g)) {
    if (slash === "") open.push(name);
    else open.pop();
  }
  return open
    .reverse()
    .map((name) => `</${name}>`)
    .join("");
}
