/** Reads where a page stands in its list: counts, flags and the numbers that the response repeats. Pure. */
import type { FoundList } from "./find-list.ts";
import type { ClassifiedField, PageSign } from "./page-signs.ts";
import { type Content, findHeader } from "./response-head.ts";
import type { PageCall } from "./types.ts";

export interface PagePosition {
  /** The number of records of the page. */
  readonly length: number;
  /** The number of records before the page. Undefined when it is unknown. */
  readonly fetched: number | undefined;
  /** The page number in the first response. */
  readonly firstPage: number | undefined;
  readonly total: number | undefined;
  /** The number of pages. */
  readonly pages: number | undefined;
  /** The page number, offset and limit that the response repeats. */
  readonly page: number | undefined;
  readonly offset: number | undefined;
  readonly limit: number | undefined;
  /** Whether the standard of the response counts records from 1. */
  readonly isOneBased: boolean;
  /** Says that there is more, when a flag, a count of remaining records or the status does. */
  readonly more: string | undefined;
  /** Whether a flag says that this is the end. */
  readonly isEnd: boolean;
  /** Whether a flag says so, or the field of the next page is empty. */
  readonly hasNoNext: boolean;
}

export function readPosition(
  content: Content,
  found: FoundList | undefined,
  fields: readonly ClassifiedField[],
  call: PageCall,
): PagePosition {
  const length = found?.list.length ?? 0;
  const valuesOf = (sign: PageSign) =>
    fields.filter((one) => one.sign === sign).map(({ field }) => Number(field.value));
  const range = readRange(content);
  const isEnd = valuesOf("end").length > 0;
  return {
    length,
    fetched: call.fetched,
    firstPage: call.firstPage,
    total: chooseTotal(length, [
      [...(range?.total === undefined ? [] : [range.total]), ...valuesOf("filtered-total")],
      valuesOf("total"),
      valuesOf("count").filter((count) => count > length),
    ]),
    pages: valuesOf("page-count")[0],
    page: valuesOf("page")[0],
    offset: range?.start ?? valuesOf("offset")[0],
    limit: valuesOf("limit")[0],
    isOneBased: isScim(found),
    more: describeMore(content, range, fields),
    isEnd,
    hasNoNext: isEnd || valuesOf("no-next").length > 0,
  };
}

/** Returns the first total that is not the size of the page, of the most reliable kind. */
function chooseTotal(length: number, kinds: readonly (readonly number[])[]): number | undefined {
  const totals = kinds.find((one) => one.length > 0) ?? [];
  return totals.find((one) => one !== length) ?? totals[0];
}

function describeMore(
  content: Content,
  range: PageRange | undefined,
  fields: readonly ClassifiedField[],
): string | undefined {
  for (const { sign, field } of fields) {
    if (sign === "more") return `the API says so in ${field.name}`;
    if (sign === "remaining" && Number(field.value) > 0)
      return `the API reports ${String(field.value)} more in ${field.name}`;
  }
  const isPartial = /^HTTP 206\b/.test(content.head[0] ?? "") && range?.total === undefined;
  return isPartial ? "the API responded with status 206, partial content" : undefined;
}

interface PageRange {
  readonly start: number;
  readonly total: number | undefined;
}

/** Reads `Content-Range: items 0-2/7` (RFC 9110, 14.4). */
function readRange(content: Content): PageRange | undefined {
  const header = findHeader(content, "content-range") ?? "";
  const [, unit, start, , total] = /^\s*(?:([\w-]+)[\s=]+)?(\d+)-(\d+)\/(\d+|\*)\s*$/.exec(header) ?? [];
  if (start === undefined || unit === "bytes") return undefined;
  return { start: Number(start), total: total === "*" ? undefined : Number(total) };
}

/** SCIM counts from 1 (RFC 7644, 3.4.2.4), and OpenSearch too. */
function isScim(found: FoundList | undefined): boolean {
  const { schemas, Resources, totalResults, ...rest } = found?.envelopes[0] ?? {};
  if (Resources !== undefined && totalResults !== undefined) return true;
  if (Object.keys(rest).some((name) => /^opensearch\W/i.test(name))) return true;
  return Array.isArray(schemas) && schemas.some((one) => /:scim:/.test(String(one)));
}
