/** Reads a query: its verb, and its words with what they may stand for. */
import { distance } from "fastest-levenshtein";
import { findRoot, isAbbreviation } from "./derived-forms.ts";
import type { SearchIndex } from "./search-index.ts";
import { ALIASES, NOUNS, type Thesaurus, VERB_SYNONYMS } from "./thesaurus.ts";
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
  /** The weight of the word when it is a noun, as "starred" in "list starred items". */
  readonly nounWeight: number;
  /** The maximum rarity that a synonym counts with. A rare synonym is no better than the common word itself. */
  readonly rarity: number;
}

export interface Query {
  readonly words: readonly QueryWord[];
  readonly verb: VerbClass | undefined;
}

const ALIAS = 0.95;
const COMPOUND = 0.9;
const SYNONYM = 0.6;
const DERIVED = 0.6;
const TYPO = 0.7;
const VERB = 0.5;
const CONDITION = 0.5;
const GENERIC = 0.5;
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

/** Nouns that any resource has, and pronouns: they say less than the others. */
const GENERIC_NOUNS: ReadonlySet<string> = new Set(
  "setting settings detail details info information data attribute attributes property properties record records result results my mine".split(
    " ",
  ),
);

/** Values in a sentence, which describe no operation: quoted texts, addresses and numbers. */
const VALUES = /"[^"]*"|“[^”]*”|\S+@\S+|https?:\/\/\S+|(?<![\p{L}\p{N}])\d[\d.,:-]*(?![\p{L}\p{N}])/gu;

export function parseQuery(text: string, index: SearchIndex): Query {
  // A number is a value unless an operation is named with it: "open box 7", "get load 15 metrics".
  const isName = (value: string) => /^\d{1,4}$/.test(value) && index.roots.has(value);
  const subject = text.slice(0, MAX_LENGTH).replace(VALUES, (value) => (isName(value) ? value : " "));
  const words = splitWords(subject).slice(0, MAX_WORDS);
  const condition = words.findIndex((word, position) => position > 1 && CONDITIONS.has(word));
  const read = new Set<string>();
  const queryWords = words.flatMap((word, position) => {
    if (read.has(word)) return [];
    read.add(word);
    const compounds = joinNeighbours(words, position, index);
    return readWord(word, compounds, index, condition >= 0 && position > condition);
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

function readWord(
  word: string,
  compounds: readonly Alternative[],
  index: SearchIndex,
  isCondition: boolean,
): QueryWord[] {
  const isVerb = findVerbClass(word) !== undefined;
  const nounWeight = (isCondition ? CONDITION : 1) * (GENERIC_NOUNS.has(word) ? GENERIC : 1);
  const weight = isVerb ? nounWeight * VERB : nounWeight;
  const own = index.normalize(word);
  const forms = new Set([word, stem(word), own]);
  const isStopWord = STOP_WORDS.has(word) || STOP_WORDS.has(own);
  const itself = isStopWord ? undefined : index.postings.get(own);
  const aliases = lookUp(ALIASES, forms, index, ALIAS);
  const known: Alternative[] = [
    ...(itself ? [{ words: [own], weight: 1 }] : []),
    ...compounds,
    ...aliases,
    ...lookUp(NOUNS, forms, index, SYNONYM),
    ...lookUp(VERB_SYNONYMS, forms, index, SYNONYM),
  ];
  if (known.length === 0 && isStopWord) return [];
  const rarity = Math.min(
    itself?.rarity ?? Number.POSITIVE_INFINITY,
    // A document that also writes the abbreviation, rarely, means the same with it.
    ...aliases.map(({ words }) => Math.max(...words.map((part) => index.postings.get(part)?.rarity ?? 0))),
  );
  const alternatives = [
    ...known,
    ...(isStopWord ? [] : listDerived(own, index)),
    ...(known.length === 0 ? interpretUnknown(word, own, index) : []),
  ];
  return [{ word, alternatives, isVerb, weight, nounWeight, rarity }];
}

function interpretUnknown(word: string, own: string, index: SearchIndex): readonly Alternative[] {
  const parts = splitCompound(word, index);
  return parts.length > 0 ? parts : correct(own, index);
}

/** Returns the words that a word forms with its neighbours: "web hook" is `webhook` in a document. */
function joinNeighbours(words: readonly string[], position: number, index: SearchIndex): Alternative[] {
  const word = words[position] ?? "";
  const pairs = [`${words[position - 1] ?? ""}${word}`, `${word}${words[position + 1] ?? ""}`];
  return pairs
    .map(index.normalize)
    .filter((pair) => pair.length > word.length + 1 && index.postings.has(pair))
    .map((pair) => ({ words: [pair], weight: COMPOUND }));
}

/** Returns the two words that an unknown word consists of: "configmap" is `config map` in a document. */
function splitCompound(word: string, index: SearchIndex): Alternative[] {
  for (let end = 1; end < word.length; end++) {
    const parts = [word.slice(0, end), word.slice(end)].map(index.normalize);
    if (index.phrases.has(parts.join(" "))) return [{ words: parts, weight: COMPOUND }];
  }
  return [];
}

/** Returns the words of the index with the same root. */
function listDerived(word: string, { roots }: SearchIndex): Alternative[] {
  return (roots.get(findRoot(word)) ?? [])
    .filter((other) => other !== word)
    .map((other) => ({ words: [other], weight: DERIVED }));
}

function lookUp(
  thesaurus: Thesaurus,
  forms: ReadonlySet<string>,
  index: SearchIndex,
  weight: number,
): Alternative[] {
  return [...forms]
    .flatMap((form) => thesaurus.get(form) ?? [])
    .map((words) => ({ words: words.map(index.normalize), weight }))
    .filter(({ words }) => words.every((word) => index.postings.has(word)))
    .filter(({ words }) => words.length === 1 || index.phrases.has(words.join(" ")));
}

/** Returns the words of the index that differ from an unknown word by a typing mistake, or abbreviate it. The first letter is right. */
function correct(word: string, { postings }: SearchIndex): Alternative[] {
  const limit = word.length >= 9 ? 2 : 1;
  if (word.length < 4) return [];
  const matches: Alternative[] = [];
  for (const candidate of postings.keys()) {
    if (isAbbreviation(candidate, word) || isAbbreviation(word, candidate))
      matches.push({ words: [candidate], weight: DERIVED });
    if (candidate[0] !== word[0] || Math.abs(candidate.length - word.length) > limit) continue;
    // Another letter in a short word makes another word: "room" is not "root".
    if (word.length < 5 && candidate.length === word.length) continue;
    if (distance(candidate, word) <= limit) matches.push({ words: [candidate], weight: TYPO });
  }
  return matches;
}
