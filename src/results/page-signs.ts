/** Classifies the fields of a response that speak of pages: links, tokens, flags and counts. Pure. */
import { isObject } from "./exact-integers.ts";
import { hasWord } from "./name-words.ts";
import type { PageField } from "./page-fields.ts";
import { toInteger } from "./page-parameters.ts";
import {
  ABOUT_PAGES,
  COUNTED_WORDS,
  END_WORDS,
  LINK_WORDS,
  MORE_WORDS,
  NEXT_WORDS,
  OTHER_TOKENS,
  PAGE_COUNT_WORDS,
  START_WORDS,
  TOKEN_WORDS,
  TOTAL_WORDS,
} from "./page-vocabulary.ts";

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

/** Classifies a field. `listWords` are the words of the list's name, as in `totalOrders`. */
export function classifyField(field: PageField, listWords: readonly string[]): PageSign | undefined {
  const { value, isTrusted } = field;
  const isScalar = value === null || !(isObject(value) || Array.isArray(value));
  const flag = readFlag(field);
  if (isPartialStatus(field) || isLowerBound(field)) return "more";
  // `LastEvaluatedKey` is an object.
  if (isObject(value) && hasWord(field.words, "evaluated") && Object.keys(value).length > 0) return "more";
  if (flag !== undefined) return classifyFlag(field, flag, listWords);
  const next = classifyNext(field, isScalar);
  if (next) return next;
  if (!isScalar || value === null || value === "") return undefined;
  const number = toInteger(value);
  const counted = number === undefined ? undefined : classifyNumber(field, number, listWords);
  if (isTrusted) return counted ?? classifyToken(field);
  // Names such as `total_items` mean a count anywhere, and `total` alone may be a price.
  const isClear = field.words.length > 1 && !field.isInRecord && hasWord(field.words, "total", "totals");
  return isClear && (counted === "total" || counted === "page-count") ? counted : undefined;
}

/** Returns whether a text says that the response is a part: `completeness: "PARTIAL"`. */
function isPartialStatus({ words, value, isTrusted }: PageField): boolean {
  if (typeof value !== "string" || !isTrusted || !/^(partial|truncated|incomplete)$/i.test(value))
    return false;
  const about = [
    "status",
    "state",
    "completeness",
    "result",
    "results",
    "coverage",
    "response",
    "list",
    "type",
  ];
  return words.every((word) => about.includes(word));
}

/** Returns whether a field makes the total next to it a lower bound: `total: {value: 100, relation: "gte"}`. */
function isLowerBound({ words, parent, value }: PageField): boolean {
  return (
    words.join(" ") === "relation" && hasWord(parent, ...TOTAL_WORDS) && /^(gte?|>=?)$/.test(String(value))
  );
}

function readFlag({ value, words }: PageField): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (
    (value === 0 || value === 1) &&
    hasWord(words, "is", "has", "done", "complete", "finished", "final", "eof")
  )
    return value === 1;
  if (typeof value !== "string") return undefined;
  // One letter may be a token too.
  const isFlag = hasWord(words, "is", "has", ...MORE_WORDS, ...END_WORDS) && !hasWord(words, ...TOKEN_WORDS);
  const text = isFlag ? value.replace(/^y$/i, "yes").replace(/^n$/i, "no") : value;
  return /^(true|false|yes|no)$/i.test(text) ? /^(true|yes)$/i.test(text) : undefined;
}

function classifyFlag(
  { words, parent, isTrusted, isInRecord }: PageField,
  flag: boolean,
  listWords: readonly string[],
): PageSign | undefined {
  const isNegated = hasWord(words, "no", "not", "non");
  const allowed = [
    ...ABOUT_PAGES,
    ...NEXT_WORDS,
    ...MORE_WORDS,
    ...END_WORDS,
    ...listWords,
    "no",
    "not",
    "non",
    "over",
  ];
  if (!words.every((word) => allowed.includes(word))) return undefined;
  const saysMore =
    hasWord(words, ...MORE_WORDS) ||
    (hasWord(words, "limit", "max") && hasWord(words, "reached", "hit", "over")) ||
    (hasWord(words, "next", "further", "older") && !hasWord(words, "last")) ||
    (parent.length > 0 && hasWord(parent, "next", "more") && hasWord(words, "exists", "available"));
  if (saysMore) return flag !== isNegated ? "more" : "end";
  // `completed` of an order is not about its items.
  if (!hasWord(words, ...END_WORDS) || isInRecord || !isTrusted) return undefined;
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
  if (
    number !== undefined &&
    isNamed &&
    hasWord(words, "more", "has", "further") &&
    !hasWord(words, "token", "id")
  )
    return number > 0 ? "more" : "end";
  if (hasWord(words, "has", "is", "limit", "size", "per", "method", "title", "type", "rel")) return undefined;
  // Cursors that are numbers end with 0.
  const isEmpty = value === null || value === "" || value === undefined || number === -1;
  if (isEmpty || (number === 0 && hasWord(words, "cursor", "token", "marker", "scroll")))
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
  const counted = [...COUNTED_WORDS, ...TOTAL_WORDS, ...listWords];
  if (has("omitted", "truncated", "unreturned") && only([...counted, "omitted", "truncated", "unreturned"]))
    return "remaining";
  if (has("remaining", "left") && only([...counted, "remaining", "left", "to", "come", "pages"]))
    return "remaining";
  if (
    has("limit") ||
    has("per") ||
    (has("page") && has("size")) ||
    (has("max") && has("results", "items", "records"))
  )
    return "limit";
  if (has("pages", "page") && has("total", "count", "last", "num", "nb", "max", "final")) return "page-count";
  if (has("pages") && only(["number", "of", "pages", "wp"])) return "page-count";
  if ((isInPages && only(["last", "max"])) || only(["of"])) return "page-count";
  if (hasWord(parent, "pages") && only(["total", "count"])) return "page-count";
  if (
    only(["page", "current", "number", "num", "no", "nr", "index"]) &&
    (has("page") || (isInPages && !has("index")))
  )
    return "page";
  if (only(["number"]) && !isInPages) return "page";
  if (has("offset", "skip") || (has("start", "from", "begin", "first") && only(START_WORDS))) return "offset";
  const isTotalValue = hasWord(parent, ...TOTAL_WORDS) && only(["value", "count", "t"]);
  if (hasWord(parent, "total", "totals", "count", "counts") && only(listWords)) return "total";
  if (!only(counted) || (has(...PAGE_COUNT_WORDS) && !isTotalValue)) return undefined;
  if (has("filtered") && (has("total", "count") || only(["records", "filtered"]))) return "filtered-total";
  if (has(...TOTAL_WORDS) || isTotalValue) return "total";
  return has("count", "number", "num", "nb", "size") ? "count" : undefined;
}

function classifyToken({ words }: PageField): PageSign | undefined {
  if (hasWord(words, "last") && hasWord(words, "evaluated")) return "next";
  if (hasWord(words, "last") && hasWord(words, "id", "key", "seen", "cursor")) return "last-id";
  if (hasWord(words, ...OTHER_TOKENS)) return undefined;
  return hasWord(words, ...TOKEN_WORDS) ? "token" : undefined;
}
