/** A line of Markdown. */
export interface Line {
  /** The line with its line feed. */
  readonly text: string;
  /** The line belongs to a code fence, or is one of its two delimiters. */
  readonly isCode: boolean;
  /** A code fence is open after the line. */
  readonly isOpen: boolean;
}

interface Fence {
  readonly mark: string;
  /** Spaces with which the lines of the list item begin in which the fence is, if it is on the first line of one. */
  readonly column: number;
}

/** Iterates over the lines of a text and tracks code fences. */
export function* iterateLines(text: string): Generator<Line> {
  let index = 0;
  let fence: Fence | undefined;
  while (index < text.length) {
    const end = text.indexOf("\n", index);
    const next = end < 0 ? text.length : end + 1;
    const line = text.slice(index, next);
    index = next;
    if (fence !== undefined && endsItem(line, fence.column)) fence = undefined;
    const opened = fence === undefined ? matchFence(line) : undefined;
    const isCode = fence !== undefined || opened !== undefined;
    if (fence === undefined) fence = opened;
    else if (isFenceEnd(line, fence.mark)) fence = undefined;
    yield { text: line, isCode, isOpen: fence !== undefined };
  }
}

/** Finds a code fence at any depth, also within list items and quotes. */
function matchFence(line: string): Fence | undefined {
  const [, markers = "", mark] =
    /^([\s>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*)(`{3,}(?=[^`]*$)|~{3,})/.exec(line) ?? [];
  if (mark === undefined) return undefined;
  return { mark, column: markers.trim() === "" || markers.includes(">") ? 0 : markers.length };
}

function isFenceEnd(line: string, mark: string): boolean {
  const end = line.replace(/^[\s>]*/, "").trimEnd();
  return end.startsWith(mark) && end.replaceAll(mark.charAt(0), "") === "";
}

function endsItem(line: string, column: number): boolean {
  return column > 0 && line.trim() !== "" && line.search(/\S/) < column;
}
