/** Splits the names of parameters and fields into words, so that `nextPageToken` and `next_pagetoken` mean the same. Pure. */

/** Words that names in lower case are made of, such as `startindex`. */
const VOCABULARY = new Set(
  (
    "after all at available before begin bookmark by come complete continuation continue continues count current cursor cursors " +
    "data documents done elements end entries exceeded exclusive final first found from has hits href id in incomplete index info is " +
    "item items key last left limit link links list marker matched matches max min more nb next no num number of offset page " +
    "pages pagination paging per pos position prev previous reached record records remaining result results returned row rows scroll " +
    "search seen set since size skip start starting state take to token top total truncated until uri url"
  ).split(" "),
);
const MAX_NAME_LENGTH = 100;

const cache = new Map<string, readonly string[]>();
const MAX_CACHE_SIZE = 10_000;

/** Returns the words in lower case. A name that is too long for a parameter has none. */
export function splitWords(name: string): readonly string[] {
  const known = cache.get(name);
  if (known) return known;
  if (name.length > MAX_NAME_LENGTH) return [];
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter(Boolean)
    .flatMap((word) => splitLowerCase(word) ?? [word]);
  if (cache.size >= MAX_CACHE_SIZE) cache.clear();
  cache.set(name, words);
  return words;
}

/** Splits a word that consists of known words. The longest known words win. */
function splitLowerCase(word: string): readonly string[] | undefined {
  if (VOCABULARY.has(word)) return [word];
  /** Position → the words that cover the text from there to the end. */
  const rests: (readonly string[] | undefined)[] = [];
  rests[word.length] = [];
  for (let at = word.length - 1; at >= 0; at--)
    for (let end = word.length; end > at && !rests[at]; end--) {
      const rest = rests[end];
      if (rest && VOCABULARY.has(word.slice(at, end))) rests[at] = [word.slice(at, end), ...rest];
    }
  return rests[0];
}

export function hasWord(words: readonly string[], ...wanted: readonly string[]): boolean {
  return words.some((word) => wanted.includes(word));
}
