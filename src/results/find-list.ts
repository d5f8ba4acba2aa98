/** Finds the list of records that an API response holds. */
import { isObject } from "./exact-integers.ts";
import { hasWord, splitWords } from "./name-words.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** The list of a response: the response itself, or a list in its envelope. */
export interface FoundList {
  /** The path of the list, such as `data.items`. Empty when the response is the list. */
  readonly path: string;
  readonly list: readonly unknown[];
  /** The objects around the list, from the response itself to the one that holds the list. */
  readonly envelopes: readonly JsonObject[];
}

export interface FindListOptions {
  /** Words of the operation's path. A list that is named like the operation holds its records. */
  readonly operationWords?: readonly string[] | undefined;
  /** The path of the list in an earlier page. It wins when there is a list. */
  readonly path?: string | undefined;
}

/** The names under which envelopes hold their list. */
const LIST_NAMES =
  /^(data|items?|results?|records|entries|entry|values?|rows|content|contents|elements|objects|resources|list|hits|docs|documents|nodes|edges|features|children|_embedded)$/i;
/** The names of objects that may hold the list. */
const HOLDER_NAMES = /^(response|payload|d|query|body|output|message|reply|answer)$/i;

/** Lists with these words are never the records, unless the operation has the word too. */
const SIDE_WORDS = (
  "link links rel rels warning warnings error errors facet facets aggregation aggregations aggs notice notices hint hints " +
  "suggestion suggestions breadcrumb breadcrumbs"
).split(" ");
/** Lists with these names are the records only when there is no other list. */
const UNLIKELY_NAMES = (
  "message messages alert alerts notification notifications filter filters sort sorts schema schemas column columns field fields " +
  "header headers include included includes bucket buckets refinements permissions tags crs conformance debug problems"
).split(" ");

const MAX_DEPTH = 3;
const MAX_KEYS = 200;

interface Candidate extends FoundList {
  readonly score: number;
}

export function findList(value: unknown, options: FindListOptions = {}): FoundList | undefined {
  if (Array.isArray(value)) return { path: "", list: value, envelopes: [] };
  if (!isObject(value)) return undefined;
  const candidates: Candidate[] = [];
  collectLists(value, "", [], options, candidates);
  if (options.path) {
    const same = candidates.find(({ path }) => path === options.path);
    if (same) return same;
  }
  const [best] = candidates.toSorted(
    (one, other) =>
      other.score - one.score ||
      one.envelopes.length - other.envelopes.length ||
      other.list.length - one.list.length,
  );
  return best;
}

function collectLists(
  object: JsonObject,
  path: string,
  around: readonly JsonObject[],
  options: FindListOptions,
  candidates: Candidate[],
): void {
  const { operationWords = [] } = options;
  const envelopes = [...around, object];
  const entries = Object.entries(object).slice(0, MAX_KEYS);
  let best = Number.NEGATIVE_INFINITY;
  for (const [key, list] of entries) {
    if (!Array.isArray(list) || isSideList(key, list, operationWords)) continue;
    const score = scoreList(key, list, operationWords);
    best = Math.max(best, score);
    candidates.push({ path: joinPath(path, key), list, envelopes, score });
  }
  if (best >= LIKELY || envelopes.length > MAX_DEPTH) return;
  for (const [key, inner] of entries)
    if (isObject(inner) && mayHoldList(key, object, inner, operationWords))
      collectLists(inner, joinPath(path, key), envelopes, options, candidates);
}

/** The score of a list that is probably the records, so that no deeper one is searched. */
const LIKELY = 2;

function scoreList(key: string, list: readonly unknown[], operationWords: readonly string[]): number {
  const words = splitWords(key);
  const isNamed = words.some((word) => operationWords.includes(word));
  if (!isNamed && words.length === 1 && hasWord(words, ...UNLIKELY_NAMES)) return -1;
  const isAbout = list.length > 0 && !isNamed && list.every(isAboutRecords);
  const ofObjects = list.length === 0 || isObject(list[0]);
  const likeliness = LIST_NAMES.test(key) ? 3 : ofObjects ? LIKELY : 0;
  return likeliness + (isNamed ? 1 : 0) - (isAbout ? 2 : 0);
}

/** Returns whether an entry is about the records, such as a warning, the count of a value or a link. */
function isAboutRecords(entry: unknown): boolean {
  if (!isObject(entry)) return false;
  const has = (...names: readonly string[]) => names.some((name) => Object.hasOwn(entry, name));
  if (has("id", "_id", "uuid")) return false;
  const isShort = Object.keys(entry).length <= 3;
  const isCount = has("count", "doc_count", "hits") && has("value", "key", "name", "label", "term");
  const isWarning = has("message", "detail", "text") && (has("code", "severity", "level") || isShort);
  const isLink = has("href", "url", "uri") && (has("rel", "relation") || (isShort && has("title", "type")));
  return isCount || isWarning || isLink;
}

/** Returns whether a list is beside the records: links, warnings, facets, by its name or by its entries. */
function isSideList(key: string, list: readonly unknown[], operationWords: readonly string[]): boolean {
  const words = splitWords(key);
  if (words.some((word) => SIDE_WORDS.includes(word) && !operationWords.includes(word))) return true;
  const isLink = (entry: unknown) =>
    isObject(entry) &&
    (Object.hasOwn(entry, "rel") || Object.hasOwn(entry, "relation")) &&
    isAboutRecords(entry);
  return list.length > 0 && list.every(isLink) && !words.some((word) => operationWords.includes(word));
}

/** Returns whether an object in a response may hold its list: by its name, or because it has one and is no record. */
function mayHoldList(
  key: string,
  outer: JsonObject,
  inner: JsonObject,
  operationWords: readonly string[],
): boolean {
  if (LIST_NAMES.test(key) || HOLDER_NAMES.test(key)) return true;
  const words = splitWords(key);
  if (hasWord(words, ...SIDE_WORDS, ...UNLIKELY_NAMES, "meta", "metadata", "paging", "pagination", "info"))
    return false;
  // A record has an id, and its inner lists are parts of it.
  if (Object.hasOwn(outer, "id") || Object.hasOwn(inner, "id")) return false;
  return Object.entries(inner).some(
    ([name, value]) => Array.isArray(value) && scoreList(name, value, operationWords) >= LIKELY,
  );
}

function joinPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
