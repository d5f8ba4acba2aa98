/** Reads a query: its verb, and its words with what they may stand for. */
import { distance } from "fastest-levenshtein";
import type { SearchIndex } from "./search-index.ts";
import { NOUNS, type Thesaurus, VERB_SYNONYMS } from "./thesaurus.ts";
import type { VerbClass } from "./types.ts";
import { classifyVerb } from "./verbs.ts";
import { listBaseForms, STOP_WORDS, splitWords, stem } from "./words.ts";

/** Words of the index that a word of the query may stand for. */
export interface Alternative {
  readonly words: readonly string[];
  /** 1 for the word itself. */
  readonly weight: number;
}

export interface QueryWord {
  readonly word: string;
  readonly alternatives: readonly Alternative[];
  readonly isVerb: boolean;
  /** How much the word counts: less for verbs and for conditions. */
  readonly weight: number;
  /** The maximum rarity that a synonym counts with. A rare synonym is no better than the common word itself. */
  readonly rarity: number;
}

export interface Query {
  readonly words: readonly QueryWord[];
  readonly verb: VerbClass | undefined;
}

const SYNONYM = 0.6;
const TYPO = 0.7;
const VERB = 0.5;
const CONDITION = 0.5;
const MAX_LENGTH = 1000;
const MAX_WORDS = 40;

/** Words that begin a condition: what follows says which records, not what they are. */
const CONDITIONS: ReadonlySet<string> = new Set([
  "by",
  "with",
  "where",
  "whose",
  "sorted",
  "filtered",
  "without",
]);

/** Values in a sentence, which describe no operation: quoted texts, addresses and numbers. */
const VALUES = /"[^"]*"|“[^”]*”|\S+@\S+|https?:\/\/\S+|(?<![\p{L}\p{N}])\d[\d.,:-]*(?![\p{L}\p{N}])/gu;

export function parseQuery(text: string, index: SearchIndex): Query {
  const words = splitWords(text.slice(0, MAX_LENGTH).replace(VALUES, " ")).slice(0, MAX_WORDS);
  const condition = words.findIndex((word, position) => position > 1 && CONDITIONS.has(word));
  const read = new Set<string>();
  const queryWords = words.flatMap((word, position) => {
    if (read.has(word)) return [];
    read.add(word);
    return readWord(word, index, condition >= 0 && position > condition);
  });
  return { words: queryWords, verb: findQueryVerb(words) };
}

/** Words that begin a question, which asks for something to read. */
const QUESTION_WORDS: ReadonlySet<string> = new Set(
  "which what who whom whose where when why how is are was were did do does has have had".split(" "),
);

function findQueryVerb(words: readonly string[]): VerbClass | undefined {
  if (QUESTION_WORDS.has(words[0] ?? "")) return "read";
  return words.map(findVerbClass).find((verb) => verb !== undefined);
}

function findVerbClass(word: string): VerbClass | undefined {
  return (
    classifyVerb(word) ??
    listBaseForms(word)
      .map(classifyVerb)
      .find((verb) => verb !== undefined)
  );
}

function readWord(word: string, index: SearchIndex, isCondition: boolean): QueryWord[] {
  const isVerb = findVerbClass(word) !== undefined;
  const weight = (isVerb ? VERB : 1) * (isCondition ? CONDITION : 1);
  const own = index.normalize(word);
  const forms = new Set([word, stem(word), own]);
  const isStopWord = STOP_WORDS.has(word) || STOP_WORDS.has(own);
  const itself = isStopWord ? undefined : index.postings.get(own);
  const alternatives: Alternative[] = [
    ...(itself ? [{ words: [own], weight: 1 }] : []),
    ...lookUp(NOUNS, forms, index),
    ...lookUp(VERB_SYNONYMS, forms, index),
  ];
  const rarity = itself?.rarity ?? Number.POSITIVE_INFINITY;
  if (alternatives.length > 0) return [{ word, alternatives, isVerb, weight, rarity }];
  if (isStopWord) return [];
  return [{ word, alternatives: correct(own, index), isVerb, weight, rarity }];
}

function lookUp(thesaurus: Thesaurus, forms: ReadonlySet<string>, index: SearchIndex): Alternative[] {
  return [...forms]
    .flatMap((form) => thesaurus.get(form) ?? [])
    .map((words) => ({ words: words.map(index.normalize), weight: SYNONYM }))
    .filter(({ words }) => words.every((word) => index.postings.has(word)))
    .filter(({ words }) => words.length === 1 || index.phrases.has(words.join(" ")));
}

/** Returns the words of the index that differ from an unknown word by a typing mistake. The first letter is right. */
function correct(word: string, { postings }: SearchIndex): Alternative[] {
  const limit = word.length >= 8 ? 2 : 1;
  if (word.length < 4) return [];
  const matches: Alternative[] = [];
  for (const candidate of postings.keys()) {
    if (candidate[0] !== word[0] || Math.abs(candidate.length - word.length) > limit) continue;
    // Another letter in a short word makes another word: "room" is not "root".
    if (word.length < 5 && candidate.length === word.length) continue;
    if (distance(candidate, word) <= limit) matches.push({ words: [candidate], weight: TYPO });
  }
  return matches;
}
