/** The words that APIs use for the pages of a list. Names are compared by their words, in any notation and order. */

const list = (words: string) => words.split(" ");

/** Words that name the next page. */
export const NEXT_WORDS = list(
  "next continue continuation following forward subsequent resume resumption more older further",
);
/** The words that may stand beside them, so that `next_delivery` and `last_login` do not count. */
export const ABOUT_PAGES = list(
  "page pages paging pagination token cursor cursors marker link links url urls uri href offset start starting index key id number " +
    "record records result results batch set position after from at skip bookmark anchor ref path query params odata ms opc evaluated " +
    "is has have are there the of list items item rows row reached hit data available response output was to come be in collection " +
    "search entries elements objects documents resources exist exists remain remaining loaded load fetched returned sent next more any " +
    "hits all limit transfer cursor mark range state shard iterator seen value string object table partition show view max size",
);
/** True for more. */
export const MORE_WORDS = list(
  "more truncated exceeded exceeds partial incomplete unfinished overflow capped clipped remaining cut cutoff shortened trimmed limited " +
    "abbreviated abridged continued continues",
);
/** True for the end. */
export const END_WORDS = list(
  "last done complete completed finished final end ended eof exhausted all full whole entire drained depleted",
);
export const LINK_WORDS = list("link url uri href path ref");
export const TOKEN_WORDS = list(
  "cursor token marker continuation continue scroll bookmark after key anchor iterator",
);
/** Words of tokens that do not lead to the next page. */
export const OTHER_TOKENS = list(
  "access auth authorization refresh session csrf xsrf api client prev previous before first self current start begin sync delta",
);
export const TOTAL_WORDS = list(
  "total totals matched matches found hits available overall grand full entire",
);
/** The words that may stand beside a total. Any other word makes it a total of something else. */
export const COUNTED_WORDS = list(
  "i count counts cnt number num nb of result results record records item items row rows element elements entry entries document " +
    "documents docs object objects resource resources all size odata opensearch open wp list set collection filtered in query search " +
    "estimated estimate approximate pagination paging value matching hit",
);
/** Words of a count that is about one page. */
export const PAGE_COUNT_WORDS = list(
  "per page pages returned this current displayed shown length offset limit max",
);
/** The words that may stand beside `start` in the number of the first record. */
export const START_WORDS = list(
  "start starting from begin index at row record result position number element item first display",
);

/** Returns the words with their singulars and plurals: `order` for `orders`. */
export function withNumbers(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => [word, `${word}s`, ...(/[^s]s$/.test(word) ? [word.slice(0, -1)] : [])]);
}
