/** Computes the next page from numbers: offsets, page numbers and counts. Pure. */
import {
  type CallArguments,
  listParameters,
  type PageParameter,
  type PageRole,
  readArgument,
  setArgument,
  toInteger,
} from "./page-parameters.ts";
import type { PagePosition } from "./page-position.ts";
import type { MorePages, PagedTool } from "./types.ts";

/** Returns the next page by number, or only the sign that there is one. Undefined without a sign. */
export function findCountedPage(
  tool: PagedTool,
  callArguments: CallArguments,
  position: PagePosition,
): MorePages | undefined {
  const offset = findByRole(tool, "offset");
  const page = findByRole(tool, "page");
  const isByOffset = offset && (page === undefined || readArgument(callArguments, offset) !== undefined);
  const counted = isByOffset
    ? countByOffset(offset, callArguments, position)
    : page
      ? countByPage(tool, page, callArguments, position)
      : { consumed: isFirstPage(tool, callArguments) ? position.length : undefined };
  const consumed = position.fetched === undefined ? counted.consumed : position.fetched + position.length;
  const sign = findSign(tool, callArguments, position, { ...counted, consumed });
  const { parameter, next } = counted;
  const isGuess = sign === undefined;
  if (isGuess && !isOfUnknownSize(tool, callArguments, position)) return undefined;
  const found = { sign: sign ?? "the API has pages of unknown size", isNamed: false, isGuess };
  if (parameter && position.length > 0)
    return { ...found, next: setArgument(callArguments, parameter, next) };
  return isGuess ? undefined : found;
}

/**
 * Returns whether only the next page can tell if this one is the last: the API takes a page number or an offset, and says
 * nothing else. A single call is not worth a note.
 */
function isOfUnknownSize(tool: PagedTool, callArguments: CallArguments, position: PagePosition): boolean {
  const { fetched, hasNoNext, pages, total } = position;
  const isSilent = !hasNoNext && pages === undefined && total === undefined;
  return fetched !== undefined && isSilent && readLimit(tool, callArguments, position) === undefined;
}

/** The place of the next page, by one parameter. */
interface Counted {
  readonly parameter?: PageParameter;
  readonly next?: number;
  /** The number of records up to the end of the page. */
  readonly consumed: number | undefined;
  /** The number of pages up to this one. */
  readonly consumedPages?: number;
}

export function findByRole(tool: PagedTool, role: PageRole): PageParameter | undefined {
  return listParameters(tool).find((parameter) => parameter.role === role);
}

function countByOffset(
  parameter: PageParameter,
  callArguments: CallArguments,
  position: PagePosition,
): Counted {
  const { length, offset: echo } = position;
  const given = toInteger(readArgument(callArguments, parameter));
  const base = firstOffset(parameter, given, position);
  const assumed = given ?? base;
  // In some responses the field is the next offset.
  const isNext =
    echo !== undefined &&
    echo === assumed + length &&
    !position.isOneBased &&
    (length > 1 || given !== undefined);
  const next = isNext ? echo : (echo ?? assumed) + length;
  return { parameter, next, consumed: next - base };
}

/** Returns the offset of the first record: 0 or 1. */
function firstOffset({ schema }: PageParameter, given: number | undefined, position: PagePosition): number {
  const { offset: echo, isOneBased } = position;
  if (given === undefined && (echo === 0 || echo === 1)) return echo;
  return findDeclaredFirst(schema) ?? (isOneBased ? 1 : 0);
}

/** Returns whether a document counts from 0 or 1: by the default, the description or the least value. */
function findDeclaredFirst(schema: Readonly<Record<string, unknown>>): number | undefined {
  const { default: fallback, minimum, exclusiveMinimum, description = "" } = schema;
  const ofNumber = (value: unknown) => {
    const number = toInteger(value);
    return number === undefined ? undefined : Math.min(1, Math.max(0, number));
  };
  const text = String(description);
  if (fallback !== undefined) return ofNumber(fallback);
  if (/\b(1|one)-based|(start(s|ing)?|begin(s|ning)?|count(s|ed|ing)?) (at|from|with) (1|one)\b/i.test(text))
    return 1;
  if (
    /\b(0|zero)-based|(start(s|ing)?|begin(s|ning)?|count(s|ed|ing)?) (at|from|with) (0|zero)\b/i.test(text)
  )
    return 0;
  return ofNumber(minimum) ?? (exclusiveMinimum === 0 ? 1 : undefined);
}

function countByPage(
  tool: PagedTool,
  parameter: PageParameter,
  callArguments: CallArguments,
  position: PagePosition,
): Counted {
  const { length, page: echo } = position;
  const given = toInteger(readArgument(callArguments, parameter));
  const base = findFirstPage(
    parameter,
    given,
    position.firstPage ?? (given === undefined ? echo : undefined),
  );
  const page = given ?? (echo !== undefined && echo > 1 ? echo : base);
  const size = readLimit(tool, callArguments, position) ?? length;
  const before = Math.max(0, page - base);
  return { parameter, next: page + 1, consumed: before * size + length, consumedPages: before + 1 };
}

/** Returns the number of the first page, 0 or 1: as the document says, then the response, then the call. */
function findFirstPage(
  { schema }: PageParameter,
  given: number | undefined,
  first: number | undefined,
): number {
  const declared = findDeclaredFirst(schema);
  if (schema.default !== undefined && declared !== undefined) return declared;
  if (given === 0) return 0;
  return first === 0 || first === 1 ? first : (declared ?? 1);
}

/** Returns the page number that a call asks for. */
export function readPageNumber(tool: PagedTool, callArguments: CallArguments): number | undefined {
  const parameter = findByRole(tool, "page");
  return parameter && toInteger(readArgument(callArguments, parameter));
}

/** Returns whether no argument selects a later page. */
export function isFirstPage(tool: PagedTool, callArguments: CallArguments): boolean {
  return listParameters(tool).every((parameter) => {
    const value = readArgument(callArguments, parameter);
    if (value === undefined || parameter.role === undefined || parameter.role === "limit") return true;
    const number = toInteger(value);
    return parameter.role !== "cursor" && number !== undefined && number <= 1;
  });
}

/** The begin of a sign that allows for more but does not mean it. */
export const FULL_PAGE = "there may be more, because the page is full";

function findSign(
  tool: PagedTool,
  callArguments: CallArguments,
  position: PagePosition,
  { consumed, consumedPages }: Counted,
): string | undefined {
  const { total, pages, page, length } = position;
  if (position.more !== undefined) return position.more;
  if (length === 0) return undefined;
  const isFirst = isFirstPage(tool, callArguments);
  // Without a parameter, the number of a later page may count from 0 or from 1.
  const hasPages =
    pages !== undefined &&
    (consumedPages !== undefined ? consumedPages < pages : isFirst ? pages > 1 : (page ?? pages) + 1 < pages);
  // A total that was reached is surer than a page number whose count may begin with 0 or 1.
  const isReached = total !== undefined && position.fetched !== undefined && consumed === total;
  if (hasPages && !isReached) return `the API reports ${pages} pages`;
  if (total !== undefined && consumed !== undefined)
    return total > consumed ? `the API reports ${total} records in all` : undefined;
  const isLastOfPages = pages !== undefined && consumedPages !== undefined && consumedPages >= pages;
  if (position.hasNoNext || isLastOfPages || !isFullPage(tool, callArguments, position)) return undefined;
  return `${FULL_PAGE} with ${length} records`;
}

/** Returns whether the page has as many records as the call, the document or the response allows. */
export function isFullPage(tool: PagedTool, callArguments: CallArguments, position: PagePosition): boolean {
  const limit = readLimit(tool, callArguments, position);
  return limit !== undefined && limit > 0 && position.length >= limit;
}

function readLimit(
  tool: PagedTool,
  callArguments: CallArguments,
  position: PagePosition,
): number | undefined {
  const parameter = findByRole(tool, "limit");
  const schema = parameter?.schema ?? {};
  const given = parameter && toInteger(readArgument(callArguments, parameter));
  const declared = given ?? toInteger(schema.default);
  const limits = [declared, toInteger(schema.maximum), position.limit].filter((one) => one !== undefined);
  // Without a limit in the call or the document, a response's own limit is the one that it applied.
  return limits.length === 0 ? undefined : Math.min(...limits);
}
