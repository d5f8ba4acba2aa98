/** Classifies the fields of a response that speak of pages: links, tokens, flags and counts. Pure. */
import { isObject } from "./exact-integers.ts";
import { hasWord } from "./name-words.ts";
import type { PageField } from "./page-fields.ts";
import { toInteger } from "./page-parameters.ts";

/** The meaning of a field. */
export type PageSign =
  | "link"
  /** A token, number or id of the next page, named as the next one. */
  | "next"
  /** A token that is not named as the next one, such as `cursor` or `after`. */
  | "token"
  /** A text that is named like a parameter, in which the next page may be named. */
  | "guess"
  /** The id of the last record. */
  | "last-id"
  /** A field for the next page that is empty. */
  | "no-next"
  | "more"
  | "end"
  | "total"
  /** The number of selected records, where `total` counts others too. */
  | "filtered-total"
  /** A count that may be of the page or of all. */
  | "count"
  | "remaining"
  | "page-count"
  | "page"
  | "offset"
  | "limit";

export interface ClassifiedField {
  readonly sign: PageSign;
  readonly field: PageField;
}

const list = (words: string) => words.split(" ");

export const NEXT_WORDS = list(
  "next continue continuation following forward subsequent resume resumption more",
);
/** The words that may stand beside `next`, `more` or `last`, so that `next_delivery` and `last_login` do not count. */
const ABOUT_PAGES = list(
  "page pages paging pagination token cursor cursors marker link links url urls uri href offset start starting index key id number " +
    "record records result results batch set position after from at skip bookmark anchor ref path query params odata ms opc evaluated " +
    "is has have are there the of list items item rows row reached data available response output was to come be in collection search " +
    "entries elements objects documents resources exist exists remain remaining loaded fetched returned sent next more any page_info hits all limit transfer cursor " +
    "mark range sync state shard iterator seen value string object table partition",
);
const MORE = list("more truncated exceeded partial incomplete unfinished overflow capped clipped remaining");
const END = list("last done complete completed finished final end ended eof exhausted all");
const LINK_WORDS = list("link url uri href path ref");
const TOKEN_WORDS = list(
  "cursor token marker continuation continue scroll bookmark after key anchor iterator",
);
const OTHER_TOKENS = list(
  "access auth authorization refresh session csrf xsrf api client id_token prev previous before first self current start begin",
);
const TOTAL = list("total totals matched matches found hits available overall grand");
const COUNTED = list(
  "count counts number num nb of result results record records item items row rows element elements entry entries document documents " +
    "docs object objects resource resources all size odata opensearch open wp list set collection filtered in query search estimated " +
    "estimate approximate pagination paging value matching hit",
);
const LOCAL = list("per page pages returned this current displayed shown length offset limit max");

/** Classifies a field. `listWords` are the words of the list's name, as in `totalOrders`. */
export function classifyField(field: PageField, listWords: readonly string[]): PageSign | undefined {
  const { value, isTrusted } = field;
  const isScalar = value === null || !(isObject(value) || Array.isArray(value));
  const flag = readFlag(value);
  if (flag !== undefined) return classifyFlag(field, flag, listWords);
  const next = classifyNext(field, isScalar);
  if (next) return next;
  if (!isScalar || value === null || value === "" || !isTrusted) return undefined;
  const number = toInteger(value);
  return (
    (number === undefined ? undefined : classifyNumber(field, number, listWords)) ?? classifyToken(field)
  );
}

function readFlag(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string" || !/^(true|false|yes|no)$/i.test(value)) return undefined;
  return /^(true|yes)$/i.test(value);
}

function classifyFlag(
  { words, parent, isTrusted, isInRecord }: PageField,
  flag: boolean,
  listWords: readonly string[],
): PageSign | undefined {
  const isNegated = hasWord(words, "no", "not", "non");
  const allowed = [...ABOUT_PAGES, ...MORE, ...END, ...listWords, "no", "not", "non"];
  if (!words.every((word) => allowed.includes(word))) return undefined;
  const saysMore =
    hasWord(words, ...MORE) ||
    (hasWord(words, "next") && !hasWord(words, "last")) ||
    (parent.length > 0 && hasWord(parent, "next", "more") && hasWord(words, "exists", "available"));
  if (saysMore) return flag !== isNegated ? "more" : "end";
  // `completed` of an order is not about its items.
  if (!hasWord(words, ...END) || isInRecord || !isTrusted) return undefined;
  return flag !== isNegated ? "end" : "more";
}

function classifyNext(field: PageField, isScalar: boolean): PageSign | undefined {
  const { words, parent, value } = field;
  const isNamed =
    hasWord(words, ...NEXT_WORDS) &&
    words.every((word) => NEXT_WORDS.includes(word) || ABOUT_PAGES.includes(word));
  const isInNext =
    hasWord(parent, ...NEXT_WORDS) &&
    parent.every((word) => NEXT_WORDS.includes(word) || ABOUT_PAGES.includes(word));
  if (!isNamed && !isInNext) return undefined;
  if (!isScalar) return undefined;
  const number = toInteger(value);
  // `more: 4` is a number of records, and `has_next: 1` is a flag.
  if (number !== undefined && isNamed && hasWord(words, "more", "has") && !hasWord(words, "token", "id"))
    return number > 0 ? "more" : "end";
  if (hasWord(words, "has", "is", "limit", "size", "per", "method", "title", "type", "rel")) return undefined;
  if (value === null || value === "" || value === undefined || number === -1)
    return isNamed ? "no-next" : undefined;
  if (isLink(value, words)) return "link";
  if (typeof value === "string" || number !== undefined)
    return isInNext && !isNamed && !isTokenLike(field) ? "token" : "next";
  return undefined;
}

function isTokenLike({ words }: PageField): boolean {
  return hasWord(words, ...TOKEN_WORDS, "offset", "page", "start", "id");
}

/** Returns whether a value is a URL or a relative reference (RFC 3986), and not a token. */
function isLink(value: unknown, words: readonly string[]): boolean {
  if (typeof value !== "string") return false;
  if (/^\s*https?:\/\//i.test(value) || hasWord(words, ...LINK_WORDS)) return true;
  const isReference = /^(\/|\?|\.\.?\/)/.test(value) || /^[^\s?]*\?[^\s=]+=/.test(value);
  // Tokens in base64 may begin with a slash and end with `=`.
  return isReference && (!hasWord(words, ...TOKEN_WORDS) || /\?[^\s=]+=/.test(value));
}

function classifyNumber(
  { words, parent }: PageField,
  number: number,
  listWords: readonly string[],
): PageSign | undefined {
  const has = (...wanted: readonly string[]) => hasWord(words, ...wanted);
  const only = (allowed: readonly string[]) => words.every((word) => allowed.includes(word));
  const isInPages = hasWord(
    parent,
    "page",
    "pages",
    "paging",
    "pagination",
    "pager",
    "pageable",
    "paginator",
  );
  if (number < 0) return undefined;
  const counted = [...COUNTED, ...TOTAL, ...listWords];
  if (has("remaining", "left") && only([...counted, "remaining", "left", "to", "come"])) return "remaining";
  if (
    has("limit") ||
    has("per") ||
    (has("page") && has("size")) ||
    (has("max") && has("results", "items", "records"))
  )
    return "limit";
  if (has("pages", "page") && has("total", "count", "last", "num", "nb", "max", "final")) return "page-count";
  if (has("pages") && only(["number", "of", "pages", "wp"])) return "page-count";
  if (isInPages && only(["last"])) return "page-count";
  if (hasWord(parent, "pages") && only(["total", "count"])) return "page-count";
  if (
    only(["page", "current", "number", "num", "no", "nr", "index"]) &&
    (has("page") || (isInPages && !has("index")))
  )
    return "page";
  if (only(["number"]) && !isInPages) return "page";
  if (has("offset", "skip") || (has("start", "from", "begin") && only(START))) return "offset";
  const isTotalValue = hasWord(parent, ...TOTAL) && only(["value", "count", "t"]);
  if (!only(counted) || (has(...LOCAL) && !isTotalValue)) return undefined;
  if (has("filtered") && (has("total", "count") || only(["records", "filtered"]))) return "filtered-total";
  if (has(...TOTAL) || isTotalValue) return "total";
  return has("count", "number", "num", "nb", "size") ? "count" : undefined;
}

const START = list("start starting from begin index at row record result position number element item first");

function classifyToken({ words }: PageField): PageSign | undefined {
  if (hasWord(words, "last") && hasWord(words, "evaluated")) return "next";
  if (hasWord(words, "last") && hasWord(words, "id", "key", "seen", "cursor")) return "last-id";
  if (hasWord(words, ...OTHER_TOKENS)) return undefined;
  return hasWord(words, ...TOKEN_WORDS) ? "token" : undefined;
}
