/** Is there a further page of a list, and which arguments get it? Told from the answer and the tool's parameters. Pure. */
import type { Tool } from "../tools/types.ts";
import { isObject } from "./exact-integers.ts";
import { listIn } from "./find-list.ts";
import {
  argumentNamed,
  argumentsOfLink,
  CURSOR_ARGUMENT,
  LIMIT_ARGUMENT,
  OFFSET_ARGUMENT,
  PAGE_ARGUMENT,
} from "./page-arguments.ts";
import { type Content, headerOf } from "./response-head.ts";
import type { MorePages } from "./types.ts";

type Arguments = Readonly<Record<string, unknown>>;

/** Undefined: this is all, as far as the answer tells. `value` is the answer's JSON. */
export function morePages(
  tool: Tool,
  given: Arguments,
  content: Content,
  value: unknown,
): MorePages | undefined {
  const list = listIn(value)?.list;
  const facts = factsOf(content, list === undefined ? undefined : value);
  // `count` is the page's own in some APIs; a total that says nothing new is no loss.
  const total = facts.total === list?.length ? undefined : facts.total;
  const link = nextLink(content, facts);
  if (link !== undefined) {
    const linked = argumentsOfLink(tool, link);
    return { next: linked && { ...given, ...linked }, total };
  }
  if (facts.ends) return undefined;
  const cursor = facts.cursor ?? headerOf(content, "x-next-cursor");
  if (cursor !== undefined) {
    const name = argumentNamed(tool, CURSOR_ARGUMENT);
    return { next: name === undefined ? undefined : { ...given, [name]: cursor }, total };
  }
  return counted(tool, given, content, list ?? [], { ...facts, total });
}

/** What an answer's envelope, and the objects in it that speak of pages, say. */
interface Facts {
  readonly link?: string | undefined;
  readonly cursor?: string | number | undefined;
  readonly nextPage?: number | undefined;
  readonly page?: number | undefined;
  readonly pages?: number | undefined;
  readonly total?: number | undefined;
  /** `has_more: true`, say. */
  readonly hasMore: boolean;
  /** `has_more: false`, or a next page that is null. */
  readonly ends: boolean;
}

const ABOUT_PAGES = /^(meta|_?links?|paging|pagination|page_?info|page|cursors?|response_metadata|next)$/i;
const CURSOR =
  /^(next_?cursor|next_?(page_?)?token|cursor|end_?cursor|continuation_?token|next_?marker|scroll_?id|after|next)$/i;
const LINK = /^(@odata\.nextLink|odata\.nextLink|next_?link|next_?(page_?)?ur[il]|next_?page|next|href)$/i;
const MORE = /^(has_?(more|next(_?page)?)|is_?truncated|more)$/i;
const TOTAL =
  /^(total(_?(count|results|items|records|elements|hits))?|count|@odata\.count|num_?found|x-total(-count)?)$/i;
const PAGES = /^(total_?pages|pages|page_?count|last_?page|num_?pages)$/i;

function factsOf(content: Content, value: unknown): Facts {
  const fields = Object.entries(isObject(value) ? value : {});
  const about = fields.flatMap(([key, inner]) =>
    ABOUT_PAGES.test(key) && isObject(inner) ? aboutPages(key, inner) : [],
  );
  const said = [...fields, ...about];
  const numberOf = (name: RegExp, header?: string) => {
    const found = said.find(
      ([key, inner]) =>
        name.test(key) && Number.isSafeInteger(Number(inner)) && inner !== null && inner !== "",
    );
    const text = found ? found[1] : header === undefined ? undefined : headerOf(content, header);
    return text === undefined || typeof text === "boolean" || !Number.isSafeInteger(Number(text))
      ? undefined
      : Number(text);
  };
  const isUrl = (inner: unknown): inner is string =>
    typeof inner === "string" && /^(https?:|[/?])/.test(inner) && inner.includes("?");
  const cursor = said.find(
    ([key, inner]) =>
      CURSOR.test(key) && inner !== "" && !isUrl(inner) && /^(string|number|bigint)$/.test(typeof inner),
  );
  const more = said.filter(([key, inner]) => MORE.test(key) && typeof inner === "boolean");
  const nextKeys = said.filter(([key]) => CURSOR.test(key) || LINK.test(key));
  const nothingNext = nextKeys.length > 0 && nextKeys.every(([, inner]) => inner === null || inner === "");
  return {
    link: said.find((entry): entry is [string, string] => LINK.test(entry[0]) && isUrl(entry[1]))?.[1],
    cursor: typeof cursor?.[1] === "number" ? cursor[1] : cursor && String(cursor[1]),
    nextPage: numberOf(/^next_?page$/i, "x-next-page"),
    page: numberOf(/^(page|current_?page|page_?(number|index))$/i, "x-page"),
    pages: numberOf(PAGES, "x-total-pages"),
    total: numberOf(TOTAL, "x-total-count") ?? numberOf(/^$/, "x-total"),
    hasMore: more.some(([, inner]) => inner === true),
    ends: nothingNext || (more.length > 0 && more.every(([, inner]) => inner === false)),
  };
}

/** `links: {next: {href: …}}` speaks of the next page as `next` does. */
function aboutPages(key: string, object: Record<string, unknown>): [string, unknown][] {
  return Object.entries(object).flatMap(([name, inner]): [string, unknown][] => {
    if (/^next$/i.test(name) && isObject(inner)) return [["next", inner.href ?? inner.url ?? null]];
    // `prev`, `first` and `self` have links too.
    return /^href$/i.test(name) && !/^next$/i.test(key) ? [] : [[name, inner]];
  });
}

/** RFC 8288, or a link in the answer. */
function nextLink(content: Content, { link }: Facts): string | undefined {
  const header = headerOf(content, "link") ?? "";
  for (const [, target, parameters = ""] of header.matchAll(/<([^>]*)>((?:\s*;[^,<]*(?:"[^"]*")?)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s|"|;|$)/i.test(parameters)) return target;
  }
  return link;
}

/** Pages and offsets: the next one, when there is reason to believe in it. */
function counted(
  tool: Tool,
  given: Arguments,
  content: Content,
  list: readonly unknown[],
  facts: Facts,
): MorePages | undefined {
  const { total, pages, hasMore } = facts;
  if (list.length === 0) return undefined;
  const limitName = argumentNamed(tool, LIMIT_ARGUMENT);
  const limit = limitName === undefined ? undefined : numberIn(given, limitName, tool);
  const isFull = limit !== undefined && list.length >= limit;
  const offsetName = argumentNamed(tool, OFFSET_ARGUMENT);
  const pageName = argumentNamed(tool, PAGE_ARGUMENT);
  if (offsetName !== undefined && (pageName === undefined || Object.hasOwn(given, offsetName))) {
    const next = (numberIn(given, offsetName, tool) ?? 0) + list.length;
    const isMore = total === undefined ? hasMore || isFull : next < total;
    return isMore ? { next: { ...given, [offsetName]: next }, total } : undefined;
  }
  if (pageName !== undefined) {
    const page = numberIn(given, pageName, tool) ?? facts.page ?? 1;
    const first = firstPage(tool, pageName);
    const seen = (page - first + 1) * (limit ?? list.length);
    const isMore =
      facts.nextPage !== undefined
        ? facts.nextPage > page
        : pages !== undefined
          ? page - first + 1 < pages
          : total !== undefined && total >= list.length
            ? seen < total
            : hasMore || isFull;
    return isMore ? { next: { ...given, [pageName]: facts.nextPage ?? page + 1 }, total } : undefined;
  }
  const after = argumentNamed(tool, /^starting_?after$/i);
  const last = list.at(-1);
  if (after !== undefined && hasMore && isObject(last) && last.id !== undefined)
    return { next: { ...given, [after]: last.id }, total };
  const isMore = hasMore || (total !== undefined && total > list.length) || headerOf(content, "x-next-page");
  return isMore ? { total } : undefined;
}

function numberIn(given: Arguments, name: string, tool: Tool): number | undefined {
  const value = given[name] ?? schemaOf(tool, name).default;
  return value !== undefined && value !== "" && Number.isSafeInteger(Number(value))
    ? Number(value)
    : undefined;
}

function firstPage(tool: Tool, name: string): number {
  const { default: fallback, minimum } = schemaOf(tool, name);
  return fallback === 0 || (fallback === undefined && minimum === 0) ? 0 : 1;
}

function schemaOf(tool: Tool, name: string): Record<string, unknown> {
  const { properties } = tool.inputSchema;
  const schema = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(schema) ? schema : {};
}
