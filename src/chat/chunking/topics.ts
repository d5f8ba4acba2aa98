/**
 * Where the topic of a text changes, told by its words alone, after Hearst's TextTiling (Computational Linguistics 23(1),
 * 1997): where the words before a gap and those after it have least in common, compared with the gaps around it.
 */

/** Words on either side of a gap that are compared. */
const SIDE = 120;
/** How much deeper than its words alone a gap before a heading is. */
const HEADING = 0.5;

/** The gap between paragraphs (between lines or sentences where there are none) after `from`, up to `to`, that divides best. */
export function topicCut(text: string, from: number, to: number): number | undefined {
  const gaps = gapsOf(text, from, to);
  if (gaps.length === 0) return undefined;
  const similar = gaps.map((at) => similarity(wordsBefore(text, at), wordsAfter(text, at)));
  let best: number | undefined;
  let deepest = 0;
  gaps.forEach((at, index) => {
    const score = depth(similar, index) + (isHeading(text, at) ? HEADING : 0);
    // Of equals the last: it makes the longest piece.
    if (score >= deepest && score > 0) [best, deepest] = [at, score];
  });
  return best;
}

/** The strongest kind of gap of which there are several. */
function gapsOf(text: string, from: number, to: number): readonly number[] {
  const window = text.slice(from, to);
  const kinds = [/\n[ \t]*\r?\n\s*/g, /\n/g, /[.!?。！？]["'”’)\]]*\s+/g];
  for (const kind of kinds) {
    const gaps = [...window.matchAll(kind)].map((match) => from + match.index + match[0].length);
    if (gaps.length >= 3) return thinned(gaps);
  }
  return [];
}

/** A few hundred are looked at, however many there are. */
function thinned(gaps: readonly number[]): readonly number[] {
  const every = Math.ceil(gaps.length / 400);
  return gaps.filter((_, index) => index % every === 0);
}

/** Marked as one in Markdown, or numbered. */
function isHeading(text: string, at: number): boolean {
  return /^(#{1,6} |={3,}|-{3,}\s|\d+(\.\d+)*[.)]?\s+\p{Lu})/u.test(text.slice(at, at + 40));
}

type Bag = ReadonlyMap<string, number>;

function wordsBefore(text: string, at: number): Bag {
  return bag(words(text.slice(Math.max(0, at - SIDE * 10), at)).slice(-SIDE));
}

function wordsAfter(text: string, at: number): Bag {
  return bag(words(text.slice(at, at + SIDE * 10)).slice(0, SIDE));
}

/** The short ones hold sentences together, whatever these are about; endings differ where the topic does not. */
function words(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{4,}|\p{Lo}/gu) ?? []).map((word) => word.slice(0, 6));
}

function bag(list: readonly string[]): Bag {
  const counts = new Map<string, number>();
  for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Cosine: 0 nothing in common, 1 the same words equally often. */
function similarity(a: Bag, b: Bag): number {
  let common = 0;
  for (const [word, count] of a) common += count * (b.get(word) ?? 0);
  const norm = length(a) * length(b);
  return norm === 0 ? 0 : common / norm;
}

function length(counts: Bag): number {
  let sum = 0;
  for (const count of counts.values()) sum += count * count;
  return Math.sqrt(sum);
}

/** How far similarity falls from the peaks on both sides into this gap. */
function depth(similar: readonly number[], index: number): number {
  const own = similar[index] ?? 0;
  return peak(similar, index, -1) - own + peak(similar, index, 1) - own;
}

function peak(similar: readonly number[], from: number, step: -1 | 1): number {
  let highest = similar[from] ?? 0;
  for (let index = from + step; (similar[index] ?? -1) >= highest; index += step)
    highest = similar[index] ?? highest;
  return highest;
}
