/** Finds the tools that a query describes. */
import type { AnyTool } from "../types.ts";
import { splitClauses } from "./clauses.ts";
import { ExactNames } from "./exact-names.ts";
import { parseQuery, type Query, type QueryWord } from "./query.ts";
import { buildSearchIndex, type IndexedTool, type SearchIndex } from "./search-index.ts";
import type { SearchHit, SearchResult, VerbClass } from "./types.ts";

/** The tools with the highest sums of words, which are then judged as a whole. */
const MAX_CANDIDATES = 80;
/** How much the score depends on the share of the operation's nouns, and of its resource's, that the query has. */
const NOUN_SHARE = 0.5;
const RESOURCE_SHARE = 0.3;
/** How much the score depends on the share of the query's nouns that the operation is about, not only mentions. */
const SUBJECT_SHARE = 0.2;
const DEPRECATED = 0.8;
/** The score of a tool that the query names. Higher than any sum of words. */
const NAMED_SCORE = 1000;
/** The share of the query's nouns that the best hit must have. */
const CONFIDENT_SHARE = 0.4;
/** How much a word counts that the best hit only mentions, among its arguments or in its description. */
const MENTION = 0.6;

interface RankedHit extends SearchHit {
  readonly position: number;
}

/** A search over one version of the tools. Deterministic: the same query finds the same tools in the same order. */
export class ToolSearch {
  readonly #index: SearchIndex;
  readonly #names: ExactNames;
  /** Sums per tool, and the best alternative of one word. Used by one query at a time. */
  readonly #sums: Float32Array;
  readonly #best: Float32Array;

  private constructor(index: SearchIndex, tools: readonly AnyTool[], names: ExactNames) {
    this.#index = index;
    this.#names = names;
    this.#sums = new Float32Array(tools.length);
    this.#best = new Float32Array(tools.length);
  }

  /** Indexes the tools. @param pause lets the process serve others between slices of the work. */
  static async create(
    tools: readonly AnyTool[],
    pause: () => Promise<void> = async () => {},
    names = new ExactNames(tools),
  ): Promise<ToolSearch> {
    return new ToolSearch(await buildSearchIndex(tools, pause), tools, names);
  }

  /** Returns the tools that the query names, then those that it describes. Each clause gets its share of the places. */
  search(text: string, limit = 10): SearchResult {
    const named = this.#names.find(text).map((position) => this.#nameHit(position));
    const rankings = splitClauses(text).map((clause) => this.#rank(clause, limit));
    const hits = new Map<number, SearchHit>(named.map(({ position, ...hit }) => [position, hit]));
    for (let rank = 0; rank < limit; rank++)
      for (const { ranked } of rankings) {
        const hit = ranked[rank];
        if (hit && !hits.has(hit.position)) hits.set(hit.position, withoutPosition(hit));
      }
    return {
      hits: [...hits.values()].slice(0, limit),
      isConfident: named.length > 0 || rankings.every(({ isConfident }) => isConfident),
    };
  }

  #nameHit(position: number): RankedHit {
    const { tool } = this.#entry(position);
    return { tool, score: NAMED_SCORE, reasons: [], position };
  }

  #entry(position: number): IndexedTool {
    const entry = this.#index.entries[position];
    if (!entry) throw new RangeError(`No tool has the position ${position}.`);
    return entry;
  }

  #rank(
    text: string,
    limit: number,
  ): { readonly ranked: readonly RankedHit[]; readonly isConfident: boolean } {
    const query = parseQuery(text, this.#index);
    const known = new Set(
      query.words.flatMap(({ alternatives }) => alternatives.flatMap(({ words }) => words)),
    );
    const ranked = this.#collect(query)
      .map((position) => ({ position, score: this.#judge(position, query, known) }))
      .sort((a, b) => b.score - a.score || a.position - b.position)
      .slice(0, limit)
      .map(({ position, score }) => ({
        tool: this.#entry(position).tool,
        score,
        reasons: this.#explain(position, query),
        position,
      }));
    return { ranked, isConfident: this.#isConfident(ranked[0], query) };
  }

  /** Adds up the words of the query, and returns the positions of the tools with the highest sums. */
  #collect({ words }: Query): number[] {
    const sums = this.#sums.fill(0);
    for (const word of words)
      for (const tool of this.#addWord(word)) {
        sums[tool] = (sums[tool] ?? 0) + (this.#best[tool] ?? 0);
        this.#best[tool] = 0;
      }
    return selectHighest(sums, MAX_CANDIDATES);
  }

  /** Writes the best of the word's alternatives for each tool, and returns the tools that have one. */
  #addWord(queryWord: QueryWord): number[] {
    const touched: number[] = [];
    const best = this.#best;
    for (const { words, weight } of queryWord.alternatives)
      for (const word of words) {
        const postings = this.#index.postings.get(word);
        if (!postings) continue;
        const { tools, weights, rarity } = postings;
        const factor = (weight * queryWord.weight * Math.min(rarity, queryWord.rarity)) / words.length;
        for (let index = 0; index < tools.length; index++) {
          const tool = tools[index] ?? 0;
          const score = factor * (weights[index] ?? 0);
          const known = best[tool] ?? 0;
          if (known === 0) touched.push(tool);
          if (words.length > 1) best[tool] = known + score;
          else if (score > known) best[tool] = score;
        }
      }
    return touched;
  }

  #judge(position: number, query: Query, known: ReadonlySet<string>): number {
    const { nouns, resource, subject, verb, isDeprecated } = this.#entry(position);
    return (
      (this.#sums[position] ?? 0) *
      (1 - NOUN_SHARE + NOUN_SHARE * this.#coverage(nouns, known)) *
      (1 - RESOURCE_SHARE + RESOURCE_SHARE * this.#coverage(resource, known)) *
      (1 - SUBJECT_SHARE + SUBJECT_SHARE * shareOfNouns(query, subject)) *
      compareVerbs(query.verb, verb) *
      (isDeprecated ? DEPRECATED : 1)
    );
  }

  /** The share of the operation's own words that the query has. Rare words count more. */
  #coverage(own: readonly string[], known: ReadonlySet<string>): number {
    let total = 0;
    let covered = 0;
    for (const word of own) {
      const rarity = this.#index.postings.get(word)?.rarity ?? 0;
      total += rarity;
      if (known.has(word)) covered += rarity;
    }
    return total === 0 ? 1 : covered / total;
  }

  /** Returns the words of the query that the tool has, each with the best of its alternatives. */
  #explain(position: number, { words }: Query): SearchHit["reasons"] {
    return words.flatMap((queryWord) => {
      let best: SearchHit["reasons"][number] | undefined;
      for (const { words: parts, weight } of queryWord.alternatives) {
        const scores = parts.map((part) => this.#scoreOf(part, position, queryWord.rarity));
        const sum = scores.reduce((total, score) => total + score, 0);
        const score = (weight * queryWord.weight * sum) / parts.length;
        if (score <= (best?.score ?? 0)) continue;
        const certainty = (weight * scores.filter((part) => part > 0).length) / parts.length;
        best = { word: queryWord.word, match: parts.join(" "), score, certainty };
      }
      return best ? [best] : [];
    });
  }

  #scoreOf(word: string, position: number, maximum: number): number {
    const postings = this.#index.postings.get(word);
    const index = postings ? binarySearch(postings.tools, position) : -1;
    return postings && index >= 0 ? Math.min(postings.rarity, maximum) * (postings.weights[index] ?? 0) : 0;
  }

  /** Checks whether the best hit has enough of the query's nouns. Synonyms count less than the words themselves. */
  #isConfident(best: RankedHit | undefined, { words }: Query): boolean {
    if (!best) return false;
    const reasons = new Map(best.reasons.map((reason) => [reason.word, reason]));
    const { subject, nouns: own } = this.#entry(best.position);
    const exact = new Set(best.reasons.flatMap(({ match, certainty }) => (certainty === 1 ? [match] : [])));
    // A sentence with many values can have everything that the operation is about.
    if (own.length > 0 && own.every((noun) => exact.has(noun))) return true;
    const isSubject = (word: string) => {
      const parts = reasons.get(word)?.match.split(" ") ?? [];
      return parts.some((part) => subject.has(part));
    };
    // A later verb is a noun or an adjective when the operation is about it: "list starred items", "open modal view".
    const nouns = words.filter(({ word, isVerb }, index) => !isVerb || (index > 0 && isSubject(word)));
    const total = nouns.reduce((sum, { nounWeight }) => sum + nounWeight, 0);
    const covered = nouns.reduce((sum, { word, nounWeight }) => {
      const certainty = reasons.get(word)?.certainty ?? 0;
      return sum + nounWeight * certainty * (isSubject(word) ? 1 : MENTION);
    }, 0);
    return covered >= total * CONFIDENT_SHARE;
  }
}

/** The share of the query's nouns that the operation is about. */
function shareOfNouns({ words }: Query, subject: ReadonlySet<string>): number {
  const nouns = words.filter(({ isVerb, alternatives }) => !isVerb && alternatives.length > 0);
  const covered = nouns.filter(({ alternatives }) =>
    alternatives.some(({ words: parts }) => parts.every((part) => subject.has(part))),
  );
  return nouns.length === 0 ? 1 : covered.length / nouns.length;
}

function withoutPosition({ tool, score, reasons }: RankedHit): SearchHit {
  return { tool, score, reasons };
}

/** The factor for what the operation does, compared with what the query asks for. */
function compareVerbs(asked: VerbClass | undefined, offered: VerbClass | undefined): number {
  if (asked === undefined || offered === undefined) return 1;
  if (asked === offered) return 1.2;
  const [isReadAsked, isReadOffered] = [asked, offered].map((verb) => verb === "list" || verb === "read");
  if (isReadAsked && isReadOffered) return 1.1;
  if (isReadAsked !== isReadOffered) return 0.7;
  return asked === "delete" || offered === "delete" ? 0.8 : 1;
}

function selectHighest(sums: Float32Array, count: number): number[] {
  const positions: number[] = [];
  sums.forEach((sum, position) => {
    if (sum > 0) positions.push(position);
  });
  if (positions.length <= count) return positions;
  return positions.sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0) || a - b).slice(0, count);
}

function binarySearch(values: Int32Array, value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = values[middle] ?? 0;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
