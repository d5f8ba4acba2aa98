/** Finds cuts in prose: between paragraphs, else lines, else sentences, else words. */

/** Boundaries from strongest to weakest. A cut is possible at the end of each match. */
const BOUNDARIES = [/\n[ \t]*\r?\n\s*/g, /\n/g, /[.!?…]["'”’)\]]*\s+|[。！？]["”’」』）]*/g, /\s+/g];

/** The part of the range, counted from its end, that is searched first for each boundary. Stronger ones may be further away. */
const SEARCH_RANGES = [1, 0.5, 0.5, 0.5];

/** Returns the last boundary of the strongest kind between `from` and `to`, or undefined when there is none. */
export function findProseCut(text: string, from: number, to: number): number | undefined {
  for (const [kind, boundary] of BOUNDARIES.entries()) {
    const earliest = Math.floor(to - (to - from) * (SEARCH_RANGES[kind] ?? 1));
    const found =
      findLastMatchEnd(boundary, text, earliest, to) ?? findLastMatchEnd(boundary, text, from, to);
    if (found !== undefined) return found;
  }
}

/** Returns the end of the last match that ends after `from` and at most at `to`. */
function findLastMatchEnd(boundary: RegExp, text: string, from: number, to: number): number | undefined {
  // A boundary may begin just before `from`.
  const offset = Math.max(0, from - 1);
  const window = text.slice(offset, to);
  let end: number | undefined;
  for (const match of window.matchAll(boundary)) {
    const at = offset + match.index + match[0].length;
    if (at > from) end = at;
  }
  return end;
}

/** Returns the beginning of a line, else of a word, at or after `from` and before `to`. Returns `from` when there is none. */
export function findWordStart(text: string, from: number, to: number): number {
  if (from === 0 || /\s/.test(text[from - 1] ?? "")) return from;
  const window = text.slice(from, Math.ceil((from + to) / 2));
  const line = window.indexOf("\n");
  if (line !== -1) return from + line + 1;
  const space = window.search(/\s/);
  return space === -1 ? from : from + space + 1;
}
