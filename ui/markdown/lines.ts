/** A line of Markdown. */
export interface Line {
  /** Offset of the line in the text. */
  readonly index: number;
  /** The line with its line feed. */
  readonly text: string;
  /** The line belongs to a code fence, or is one of its two delimiters. */
  readonly isCode: boolean;
}

/** Iterates over the lines of a text and tracks code fences. */
export function* iterateLines(text: string): Generator<Line> {
  let index = 0;
  let fence: string | undefined;
  while (index < text.length) {
    const end = text.indexOf("\n", index);
    const next = end < 0 ? text.length : end + 1;
    const line = text.slice(index, next);
    const mark = FENCE.exec(line)?.[1];
    const isCode = fence !== undefined || mark !== undefined;
    yield { index, text: line, isCode };
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    index = next;
  }
}

/** Matches a code fence at any depth, also within list items and quotes. */
const FENCE = /^[\s>]*(`{3,}|~{3,})/;
