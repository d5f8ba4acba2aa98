/** Where a text for people may be cut: between paragraphs, else lines, else sentences, else words. */

/** From the strongest boundary to the weakest; each match ends where a cut may stand. */
const BOUNDARIES = [/\n[ \t]*\r?\n\s*/g, /\n/g, /[.!?…]["'”’)\]]*\s+|[。！？]["”’」』）]*/g, /\s+/g];

/** A weaker boundary this near to the end is better than none, a stronger one may be further away. */
const SEARCH_RANGES = [1, 0.5, 0.5, 0.5];

/** The nearest boundary to `to`, the strongest kind that has one; undefined: a text without any. */
export function findProseCut(text: string, from: number, to: number): number | undefined {
  for (const [kind, boundary] of BOUNDARIES.entries()) {
    const earliest = Math.floor(to - (to - from) * (SEARCH_RANGES[kind] ?? 1));
    const found =
      findLastMatchEnd(boundary, text, earliest, to) ?? findLastMatchEnd(boundary, text, from, to);
    if (found !== undefined) return found;
  }
}

/** Where the last match that ends after `from`, at `to` at the latest, ends. */
function findLastMatchEnd(boundary: RegExp, text: string, from: number, to: number): number | undefined {
  // A boundary may have begun just before.
  const offset = Math.max(0, from - 1);
  const window = text.slice(offset, to);
  let end: number | undefined;
  for (const match of window.matchAll(boundary)) {
    const at = offset + match.index + match[0].length;
    if (at > from) end = at;
  }
  return end;
}

/** The beginning of a line, else of a word, at `from` or after it, but before `to`; `from` when there is none. */
export function findWordStart(text: string, from: number, to: number): number {
  if (from === 0 || /\s/.test(text[from - 1] ?? "")) return from;
  const window = text.slice(from, Math.ceil((from + to) / 2));
  const line = window.indexOf("\n");
  if (line !== -1) return from + line + 1;
  const space = window.search(/\s/);
  return space === -1 ? from : from + space + 1;
}
