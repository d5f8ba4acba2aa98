export interface Line {
  /** Where it begins in the text. */
  readonly index: number;
  /** With its line feed. */
  readonly text: string;
  /** Within a fence, or one of its two marks. */
  readonly isCode: boolean;
}

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

/** At any depth: a fence within a list item must not be taken for its end. */
const FENCE = /^[\s>]*(`{3,}|~{3,})/;
