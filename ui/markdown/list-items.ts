/** Splits a list into its items: https://spec.commonmark.org/0.31.2/#list-items */
import { isFenceEnd, matchFence } from "./fences.ts";
import { BLOCK, lineAt } from "./segments.ts";

interface Marker {
  /** The character that all items of a list share: the bullet, or the delimiter of the number. */
  readonly kind: string;
  readonly number: number | undefined;
  /** Column of the item's content: lines that are indented as far belong to the item. */
  readonly column: number;
}

interface ListItems {
  readonly items: readonly string[];
  readonly isOrdered: boolean;
  readonly start: number;
  readonly hasBlanks: boolean;
}

/** Returns the end of the list that starts at an offset, with the blank lines after it, or the offset itself. */
export function findListEnd(text: string, from: number): number {
  let at = from;
  for (const item of readItems(text, from)) at += item.text.length;
  return at;
}

/** Splits the text of one list. Blank lines at the end of an item belong to it. */
export function splitItems(text: string): ListItems {
  const items = [...readItems(text, 0)];
  const [first] = items;
  return {
    items: items.map((item) => item.text),
    isOrdered: first?.marker.number !== undefined,
    start: first?.marker.number ?? 1,
    hasBlanks: items.slice(0, -1).some((item) => /\n[ \t]*\n$/.test(item.text)),
  };
}

function* readItems(
  text: string,
  from: number,
): Generator<{ readonly text: string; readonly marker: Marker }> {
  const first = matchMarker(lineAt(text, from));
  let at = from;
  for (let marker = first; marker; ) {
    const end = findItemEnd(text, at, marker);
    yield { text: text.slice(at, end), marker };
    at = end;
    const next = matchMarker(lineAt(text, at));
    marker = next?.kind === first?.kind ? next : undefined;
  }
}

/** Reads the lines of an item: indented ones, blank ones, and lines that go on with its paragraph. */
function findItemEnd(text: string, from: number, { column }: Marker): number {
  let at = from + lineAt(text, from).length;
  let isAfterBlank = false;
  let fence = matchFence(contentOf(lineAt(text, from), column));
  while (at < text.length) {
    const line = lineAt(text, at);
    const isBlank = line.trim() === "";
    const isInside = indentOf(line) >= column;
    if (!(isBlank || isInside) && (fence || isAfterBlank || BLOCK.test(line))) return at;
    if (isInside || isBlank) {
      const content = contentOf(line, column);
      if (fence && isFenceEnd(content, fence)) fence = undefined;
      else fence ??= matchFence(content);
    }
    isAfterBlank = isBlank;
    at += line.length;
  }
  return at;
}

function matchMarker(line: string): Marker | undefined {
  // Three of the same mark are a thematic break.
  if (/^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,})$/.test(line.trimEnd())) return undefined;
  const [, spaces = "", mark, gap = ""] = /^( {0,3})([-+*]|\d{1,9}[.)])([ \t]+(?=\S)|[ \t]*$)/.exec(line.trimEnd()) ?? [];
  if (mark === undefined || /\t/.test(gap)) return undefined;
  const width = gap.length === 0 || gap.length > 4 ? 1 : gap.length;
  const digits = Number.parseInt(mark, 10);
  return {
    kind: mark.at(-1) ?? "",
    number: Number.isNaN(digits) ? undefined : digits,
    column: spaces.length + mark.length + width,
  };
}

function indentOf(line: string): number {
  return line.startsWith("\t") ? 4 : (/^ */.exec(line)?.[0].length ?? 0);
}

function contentOf(line: string, column: number): string {
  return line.slice(column);
}
