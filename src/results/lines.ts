/** Finds lines of a long text by number, without an index of all lines. Pure. */

export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Excludes the line break. */
  readonly end: number;
}

/**
 * Yields every line from a number on. A text that ends in a line break has an empty last line.
 * @param known the number and start of a line from which to count.
 */
export function* linesOf(
  text: string,
  from = 1,
  known: Pick<TextLine, "start" | "number"> = { start: 0, number: 1 },
): Generator<TextLine> {
  let { start } = known;
  for (let { number } = known; start <= text.length; number++) {
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    if (number >= from) yield { number, start, end: stop };
    start = stop + 1;
  }
}

/** Returns the number of the line that holds a position. */
export function lineNumberAt(text: string, position: number): number {
  let number = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) number += 1;
  return number;
}
