/**
 * Finds where the topic of a text changes, from its words alone, after Hearst's TextTiling (Computational Linguistics
 * 23(1), 1997): at the gap whose words before and after have least in common, compared with the gaps around it.
 */

/** The number of words compared on each side of a gap. */
const WORDS_PER_SIDE = 120;
/** The score that a heading adds to the gap before it. */
const HEADING_BONUS = 0.5;

/** Returns the gap between paragraphs, else lines, else sentences, between `from` and `to` where the topic changes most. */
export function findTopicCut(text: string, from: number, to: number): number | undefined {
  const gaps = findGaps(text, from, to);
  if (gaps.length === 0) return undefined;
  const similarities = gaps.map((at) => similarity(wordsBefore(text, at), wordsAfter(text, at)));
  let best: number | undefined;
  let bestScore = 0;
  gaps.forEach((at, index) => {
    const score = depthScore(similarities, index) + (isHeading(text, at) ? HEADING_BONUS : 0);
    // Of equal scores the last wins, because it makes the longest chunk.
    if (score >= bestScore && score > 0) [best, bestScore] = [at, score];
  });
  return best;
}

/** Returns the gaps of the strongest kind that has at least three. */
function findGaps(text: string, from: number, to: number): readonly number[] {
  const window = text.slice(from, to);
  const kinds = [/\n[ \t]*\r?\n\s*/g, /\n/g, /[.!?。！？]["'”’)\]]*\s+/g];
  for (const kind of kinds) {
    const gaps = [...window.matchAll(kind)].map((match) => from + match.index + match[0].length);
    if (gaps.length >= 3) return sampleGaps(gaps);
  }
  return [];
}

/** Returns at most 400 gaps, spread evenly. */
function sampleGaps(gaps: readonly number[]): readonly number[] {
  const stride = Math.ceil(gaps.length / 400);
  return gaps.filter((_, index) => index % stride === 0);
}

/** Returns whether a Markdown or numbered heading begins at a position. */
function isHeading(text: string, at: number): boolean {
  return /^(#{1,6} |={3,}|-{3,}\s|\d+(\.\d+)*[.)]?\s+\p{Lu})/u.test(text.slice(at, at + 40));
}

type WordCounts = ReadonlyMap<string, number>;

function wordsBefore(text: string, at: number): WordCounts {
  return countWords(
    extractWords(text.slice(Math.max(0, at - WORDS_PER_SIDE * 10), at)).slice(-WORDS_PER_SIDE),
  );
}

function wordsAfter(text: string, at: number): WordCounts {
  return countWords(extractWords(text.slice(at, at + WORDS_PER_SIDE * 10)).slice(0, WORDS_PER_SIDE));
}

/** Returns the stems of long words. Short words carry no topic, and word endings vary within one topic. */
function extractWords(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{4,}|\p{Lo}/gu) ?? []).map((word) => word.slice(0, 6));
}

function countWords(list: readonly string[]): WordCounts {
  const counts = new Map<string, number>();
  for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Returns the cosine similarity: 0 for no common words, 1 for the same words in the same proportions. */
function similarity(a: WordCounts, b: WordCounts): number {
  let common = 0;
  for (const [word, count] of a) common += count * (b.get(word) ?? 0);
  const norm = vectorLength(a) * vectorLength(b);
  return norm === 0 ? 0 : common / norm;
}

function vectorLength(counts: WordCounts): number {
  let sum = 0;
  for (const count of counts.values()) sum += count * count;
  return Math.sqrt(sum);
}

/** Returns how far the similarity falls from the peaks on both sides to this gap. */
function depthScore(similarities: readonly number[], index: number): number {
  const current = similarities[index] ?? 0;
  return findPeak(similarities, index, -1) - current + findPeak(similarities, index, 1) - current;
}

function findPeak(similarities: readonly number[], from: number, step: -1 | 1): number {
  let highest = similarities[from] ?? 0;
  for (let index = from + step; (similarities[index] ?? -1) >= highest; index += step)
    highest = similarities[index] ?? highest;
  return highest;
}
