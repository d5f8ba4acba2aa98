/** Reads the fields of a response that may speak of pages: in its envelope and its headers, never in its records. Pure. */
import { parseJson } from "../json.ts";
import { isObject } from "./exact-integers.ts";
import type { FoundList } from "./find-list.ts";
import { hasWord, splitWords } from "./name-words.ts";
import type { Content } from "./response-head.ts";

export interface PageField {
  /** The name as it is written. */
  readonly name: string;
  readonly words: readonly string[];
  /** The words of the object that holds the field. Empty at the top and in the object of the list. */
  readonly parent: readonly string[];
  readonly value: unknown;
  /** Whether the field is in an envelope, in an object about pages or in a header. Elsewhere `total` may be a price. */
  readonly isTrusted: boolean;
  /** Whether the object that holds the field is a record with an id, so that `completed` is about it. */
  readonly isInRecord: boolean;
}

const MAX_DEPTH = 4;
const MAX_FIELDS = 2000;

/** Objects beside the records that say nothing about pages, whatever their fields are called. */
const OTHER_OBJECTS = (
  "facet facets aggregation aggregations aggs filter filters error errors warning warnings included config configuration " +
  "settings quota quotas usage user account schema schemas sort rate ratelimit limits permissions debug request params " +
  "parameters prev previous first self"
).split(" ");

const PAGE_WORDS = (
  "page pages paging pagination paginator pager pageable meta metadata info cursor cursors list result results response envelope " +
  "range nav navigation count counts total totals next more search hits slice window batch continuation link links header"
).split(" ");

export function collectFields(content: Content, found: FoundList | undefined): readonly PageField[] {
  const fields: PageField[] = [];
  const envelopes = found?.envelopes ?? [];
  envelopes.forEach((envelope, index) => {
    const inner = envelopes[index + 1] ?? found?.list;
    const isRecord = Object.hasOwn(envelope, "id");
    for (const [name, value] of Object.entries(envelope)) {
      if (value === inner) continue;
      const isTrusted = !isRecord || countPageWords(envelope) >= 2;
      add(fields, { name, words: fieldWords(name), parent: [], value, isTrusted, isInRecord: isRecord }, 1);
    }
  });
  for (const line of content.head.slice(1)) addHeader(fields, line);
  return fields;
}

/** Returns the words of a name without its namespace: `opensearch:startIndex`. */
function fieldWords(name: string): readonly string[] {
  return splitWords(name.replace(/^\w+[:$]/, ""));
}

/** Adds a field, and the fields in its value. */
function add(fields: PageField[], field: PageField, depth: number): void {
  if (fields.length >= MAX_FIELDS) return;
  fields.push(field);
  const { value, words } = field;
  if (Array.isArray(value)) {
    addLinks(fields, value);
    return;
  }
  if (!isObject(value) || depth > MAX_DEPTH || hasWord(words, ...OTHER_OBJECTS)) return;
  const isTrusted = hasWord(words, ...PAGE_WORDS) || countPageWords(value) >= 2;
  const isInRecord = Object.hasOwn(value, "id");
  for (const [name, inner] of Object.entries(value))
    add(
      fields,
      { name, words: fieldWords(name), parent: words, value: inner, isTrusted, isInRecord },
      depth + 1,
    );
}

/** Adds the link to the next page of a list of links: `[{rel: "next", href: …}]`. */
function addLinks(fields: PageField[], list: readonly unknown[]): void {
  for (const entry of list.slice(0, 1000)) {
    if (!isObject(entry)) continue;
    const relations = RELATION_KEYS.flatMap((key) => entry[key]).map(String);
    const isNext = relations.some((one) => /(^|[\s/#:])next([\s_-]*page)?(\s|$)/i.test(one));
    const value = entry.href ?? entry.url ?? entry.uri ?? entry["@href"] ?? entry.link ?? entry.target;
    if (!isNext || typeof value !== "string") continue;
    // A request with a body is no call of this operation.
    const isGet = /^get$/i.test(String(entry.method ?? "GET"));
    fields.push({
      name: "next link",
      words: ["next", "link"],
      parent: [],
      value: isGet ? value : `${String(entry.method)} ${value}`,
      isTrusted: true,
      isInRecord: false,
    });
  }
}

const RELATION_KEYS = ["rel", "relation", "@rel", "name", "label", "title", "type", "role"];

/** Headers that do not speak of pages, or that are read on their own. */
const OTHER_HEADERS =
  /^(link|content-range|etag|location|content-location|retry-after|last-modified|x-request-id|deprecation|sunset|warning|allow|note)$|rate-?limit/i;

function addHeader(fields: PageField[], line: string): void {
  const [, name = "", text = ""] = /^([\w-]+): (.*)$/.exec(line) ?? [];
  if (name === "" || OTHER_HEADERS.test(name)) return;
  const words = splitWords(name).filter((word) => word !== "x");
  const value = /^\s*\{/.test(text) ? readObject(text) : text;
  add(fields, { name, words, parent: [], value, isTrusted: true, isInRecord: false }, 1);
}

/** Reads the header `X-Pagination: {"TotalCount": 7}`. */
function readObject(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function countPageWords(object: Readonly<Record<string, unknown>>): number {
  const names = Object.keys(object).slice(0, 100);
  const about = ["limit", "offset", "skip", "truncated", "token", ...PAGE_WORDS];
  return names.filter((name) => hasWord(splitWords(name), ...about)).length;
}
