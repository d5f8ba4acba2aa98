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
  const similarities = compareSides(text, gaps);
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

/** Returns the similarity of the words before and after each gap. Every word is read once, however many gaps are near it. */
function compareSides(text: string, gaps: readonly number[]): readonly number[] {
  const margin = WORDS_PER_SIDE * 10;
  const edges = [Math.max(0, (gaps[0] ?? 0) - margin), ...gaps, (gaps.at(-1) ?? 0) + margin];
  const vocabulary = new Map<string, number>();
  const words: number[] = [];
  const wordsBefore = gaps.map(() => 0);
  for (let index = 1; index < edges.length; index++) {
    for (const word of extractWords(text.slice(edges[index - 1], edges[index])))
      words.push(vocabulary.getOrInsertComputed(word, () => vocabulary.size));
    wordsBefore[index - 1] = words.length;
  }
  const sides = new WordSides(words, vocabulary.size);
  return gaps.map((_, index) => sides.compareAt(wordsBefore[index] ?? 0));
}

/** Returns the stems of long words. Short words carry no topic, and word endings vary within one topic. */
function extractWords(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{4,}|\p{Lo}/gu) ?? []).map((word) => word.slice(0, 6));
}

/** How often each word occurs near a position, before and after it. The position moves forwards, and the sums with it. */
class WordSides {
  readonly #words: readonly number[];
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  #position = 0;
  /** The dot product of both sides, and that of each with itself. */
  #common = 0;
  #squareBefore = 0;
  #squareAfter = 0;

  /** @param words numbers below `vocabularySize`. */
  constructor(words: readonly number[], vocabularySize: number) {
    this.#words = words;
    this.#before = new Int32Array(vocabularySize);
    this.#after = new Int32Array(vocabularySize);
    for (let index = 0; index < WORDS_PER_SIDE; index++) this.#addAfter(index, 1);
  }

  /** Returns the cosine similarity: 0 for no common words, 1 for the same words in the same proportions. */
  compareAt(position: number): number {
    for (; this.#position < position; this.#position++) {
      this.#addAfter(this.#position, -1);
      this.#addAfter(this.#position + WORDS_PER_SIDE, 1);
      this.#addBefore(this.#position, 1);
      this.#addBefore(this.#position - WORDS_PER_SIDE, -1);
    }
    const norm = Math.sqrt(this.#squareBefore) * Math.sqrt(this.#squareAfter);
    return norm === 0 ? 0 : this.#common / norm;
  }

  #addBefore(index: number, amount: 1 | -1): void {
    const word = this.#words[index];
    if (word === undefined) return;
    const count = this.#before[word] ?? 0;
    this.#common += amount * (this.#after[word] ?? 0);
    this.#squareBefore += 2 * amount * count + 1;
    this.#before[word] = count + amount;
  }

  #addAfter(index: number, amount: 1 | -1): void {
    const word = this.#words[index];
    if (word === undefined) return;
    const count = this.#after[word] ?? 0;
    this.#common += amount * (this.#before[word] ?? 0);
    this.#squareAfter += 2 * amount * count + 1;
    this.#after[word] = count + amount;
  }
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
