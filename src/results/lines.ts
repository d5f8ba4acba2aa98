/** Lines of a long text by number, without a list of them. Pure. */

export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Without the line break. */
  readonly end: number;
}

/**
 * Every line from a number on. A text that ends in a line break has an empty last line.
 * @param known a line's number and where it starts: nothing before it is looked at.
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

/** The number of the line that holds a position. */
export function lineNumberAt(text: string, position: number): number {
  let number = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) number += 1;
  return number;
}
