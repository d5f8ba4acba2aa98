/** Finds the next page of a list and the arguments that fetch it, from the response and the tool's parameters. Pure. */
import type { Tool } from "../tools/types.ts";
import { isObject } from "./exact-integers.ts";
import { findList } from "./find-list.ts";
import {
  CURSOR_ARGUMENT,
  findArgument,
  LIMIT_ARGUMENT,
  OFFSET_ARGUMENT,
  PAGE_ARGUMENT,
  readLinkArguments,
} from "./page-arguments.ts";
import { type Content, findHeader } from "./response-head.ts";
import type { MorePages } from "./types.ts";

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Returns undefined when the response indicates no further page.
 * @param value the JSON body of the response.
 */
export function findMorePages(
  tool: Tool,
  callArguments: Arguments,
  content: Content,
  value: unknown,
): MorePages | undefined {
  const list = findList(value)?.list;
  const pagination = readPaginationInfo(content, list === undefined ? undefined : value);
  // In some APIs `count` is the size of the page, so a total that equals it is ignored.
  const total = pagination.total === list?.length ? undefined : pagination.total;
  const link = findNextLink(content, pagination);
  if (link !== undefined) {
    const linked = readLinkArguments(tool, link);
    return { next: linked && { ...callArguments, ...linked }, total };
  }
  if (pagination.isLastPage) return undefined;
  const cursor = pagination.cursor ?? findHeader(content, "x-next-cursor");
  if (cursor !== undefined) {
    const name = findArgument(tool, CURSOR_ARGUMENT);
    return { next: name === undefined ? undefined : { ...callArguments, [name]: cursor }, total };
  }
  return findNextByCount(tool, callArguments, content, list ?? [], { ...pagination, total });
}

/** The pagination fields of a response's envelope and of the pagination objects in it. */
interface PaginationInfo {
  readonly link?: string | undefined;
  readonly cursor?: string | number | undefined;
  readonly nextPage?: number | undefined;
  readonly page?: number | undefined;
  readonly pages?: number | undefined;
  readonly total?: number | undefined;
  /** For example `has_more: true`. */
  readonly hasMore: boolean;
  /** For example `has_more: false`, or a next page that is null. */
  readonly isLastPage: boolean;
}

const PAGINATION_KEYS =
  /^(meta|_?links?|paging|pagination|page_?info|page|cursors?|response_metadata|next)$/i;
const CURSOR_KEYS =
  /^(next_?cursor|next_?(page_?)?token|cursor|end_?cursor|continuation_?token|next_?marker|scroll_?id|after|next)$/i;
const LINK_KEYS =
  /^(@odata\.nextLink|odata\.nextLink|next_?link|next_?(page_?)?ur[il]|next_?page|next|href)$/i;
const HAS_MORE_KEYS = /^(has_?(more|next(_?page)?)|is_?truncated|more)$/i;
const TOTAL_KEYS =
  /^(total(_?(count|results|items|records|elements|hits))?|count|@odata\.count|num_?found|x-total(-count)?)$/i;
const PAGE_COUNT_KEYS = /^(total_?pages|pages|page_?count|last_?page|num_?pages)$/i;

function readPaginationInfo(content: Content, value: unknown): PaginationInfo {
  const fields = Object.entries(isObject(value) ? value : {});
  const paginationFields = fields.flatMap(([key, inner]) =>
    PAGINATION_KEYS.test(key) && isObject(inner) ? readPaginationObject(key, inner) : [],
  );
  const allFields = [...fields, ...paginationFields];
  const numberOf = (name: RegExp, header?: string) => {
    const found = allFields.find(
      ([key, inner]) =>
        name.test(key) && Number.isSafeInteger(Number(inner)) && inner !== null && inner !== "",
    );
    const text = found ? found[1] : header === undefined ? undefined : findHeader(content, header);
    return text === undefined || typeof text === "boolean" || !Number.isSafeInteger(Number(text))
      ? undefined
      : Number(text);
  };
  const isUrl = (inner: unknown): inner is string =>
    typeof inner === "string" && /^(https?:|[/?])/.test(inner) && inner.includes("?");
  const cursor = allFields.find(
    ([key, inner]) =>
      CURSOR_KEYS.test(key) && inner !== "" && !isUrl(inner) && /^(string|number|bigint)$/.test(typeof inner),
  );
  const more = allFields.filter(([key, inner]) => HAS_MORE_KEYS.test(key) && typeof inner === "boolean");
  const nextKeys = allFields.filter(([key]) => CURSOR_KEYS.test(key) || LINK_KEYS.test(key));
  const hasNoNext = nextKeys.length > 0 && nextKeys.every(([, inner]) => inner === null || inner === "");
  return {
    link: allFields.find(
      (entry): entry is [string, string] => LINK_KEYS.test(entry[0]) && isUrl(entry[1]),
    )?.[1],
    cursor: typeof cursor?.[1] === "number" ? cursor[1] : cursor && String(cursor[1]),
    nextPage: numberOf(/^next_?page$/i, "x-next-page"),
    page: numberOf(/^(page|current_?page|page_?(number|index))$/i, "x-page"),
    pages: numberOf(PAGE_COUNT_KEYS, "x-total-pages"),
    total: numberOf(TOTAL_KEYS, "x-total-count") ?? numberOf(/^$/, "x-total"),
    hasMore: more.some(([, inner]) => inner === true),
    isLastPage: hasNoNext || (more.length > 0 && more.every(([, inner]) => inner === false)),
  };
}

/** Reads the fields of a pagination object. `links: {next: {href: …}}` counts as `next`. */
function readPaginationObject(key: string, object: Record<string, unknown>): [string, unknown][] {
  return Object.entries(object).flatMap(([name, inner]): [string, unknown][] => {
    if (/^next$/i.test(name) && isObject(inner)) return [["next", inner.href ?? inner.url ?? null]];
    // Ignores the links of `prev`, `first` and `self`.
    return /^href$/i.test(name) && !/^next$/i.test(key) ? [] : [[name, inner]];
  });
}

/** Returns the link to the next page from the Link header (RFC 8288) or the body. */
function findNextLink(content: Content, { link }: PaginationInfo): string | undefined {
  const header = findHeader(content, "link") ?? "";
  for (const [, target, parameters = ""] of header.matchAll(/<([^>]*)>((?:\s*;[^,<]*(?:"[^"]*")?)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s|"|;|$)/i.test(parameters)) return target;
  }
  return link;
}

/** Computes the next page number or offset, when the response indicates that there is one. */
function findNextByCount(
  tool: Tool,
  callArguments: Arguments,
  content: Content,
  list: readonly unknown[],
  pagination: PaginationInfo,
): MorePages | undefined {
  const { total, pages, hasMore } = pagination;
  if (list.length === 0) return undefined;
  const limitName = findArgument(tool, LIMIT_ARGUMENT);
  const limit = limitName === undefined ? undefined : readNumber(callArguments, limitName, tool);
  const isFull = limit !== undefined && list.length >= limit;
  const offsetName = findArgument(tool, OFFSET_ARGUMENT);
  const pageName = findArgument(tool, PAGE_ARGUMENT);
  if (offsetName !== undefined && (pageName === undefined || Object.hasOwn(callArguments, offsetName))) {
    const next = (readNumber(callArguments, offsetName, tool) ?? 0) + list.length;
    const isMore = total === undefined ? hasMore || isFull : next < total;
    return isMore ? { next: { ...callArguments, [offsetName]: next }, total } : undefined;
  }
  if (pageName !== undefined) {
    const page = readNumber(callArguments, pageName, tool) ?? pagination.page ?? 1;
    const first = firstPageNumber(tool, pageName);
    const seen = (page - first + 1) * (limit ?? list.length);
    const isMore =
      pagination.nextPage !== undefined
        ? pagination.nextPage > page
        : pages !== undefined
          ? page - first + 1 < pages
          : total !== undefined && total >= list.length
            ? seen < total
            : hasMore || isFull;
    return isMore
      ? { next: { ...callArguments, [pageName]: pagination.nextPage ?? page + 1 }, total }
      : undefined;
  }
  const after = findArgument(tool, /^starting_?after$/i);
  const last = list.at(-1);
  if (after !== undefined && hasMore && isObject(last) && last.id !== undefined)
    return { next: { ...callArguments, [after]: last.id }, total };
  const isMore =
    hasMore || (total !== undefined && total > list.length) || findHeader(content, "x-next-page");
  return isMore ? { total } : undefined;
}

function readNumber(callArguments: Arguments, name: string, tool: Tool): number | undefined {
  const value = callArguments[name] ?? argumentSchema(tool, name).default;
  return value !== undefined && value !== "" && Number.isSafeInteger(Number(value))
    ? Number(value)
    : undefined;
}

function firstPageNumber(tool: Tool, name: string): number {
  const { default: fallback, minimum } = argumentSchema(tool, name);
  return fallback === 0 || (fallback === undefined && minimum === 0) ? 0 : 1;
}

function argumentSchema(tool: Tool, name: string): Record<string, unknown> {
  const { properties } = tool.inputSchema;
  const schema = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(schema) ? schema : {};
}
