/** Fetches a list page by page: sequential calls of one operation, within limits, until aborted. */
import type { ToolCall, ToolResult } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import type { Tool } from "../tools/types.ts";
import { isObject } from "./exact-integers.ts";
import { findMorePages, findRecords } from "./next-page.ts";
import { isFirstPage, readPageNumber } from "./page-count.ts";
import { requestKey } from "./page-links.ts";
import { readJson } from "./read-json.ts";
import { RecordSet } from "./record-set.ts";
import { splitContent } from "./response-head.ts";
import type { MorePages, PageCall } from "./types.ts";

export interface FetchAllOptions {
  readonly maxPages: number;
  readonly maxItems: number;
  /** The number of characters of all pages together. */
  readonly maxSize: number;
  /** Calls the API once. Never rejects. */
  readonly call: (call: ToolCall) => Promise<ToolResult>;
  /** Called after each page. */
  readonly progress: (pages: number, items: number, total: number | undefined) => void;
  readonly signal: AbortSignal;
}

/** The outcome. `note` says what is missing and why, and is undefined when the list is complete. */
export type FetchedList =
  | {
      readonly outcome: "ready";
      readonly items: readonly unknown[];
      readonly pages: number;
      readonly note: string | undefined;
    }
  /** The first page failed or holds no list. */
  | { readonly outcome: "failed"; readonly result: ToolResult };

/** Some APIs send empty pages between others, and some an empty page with a new token without end. */
const MAX_EMPTY_PAGES = 3;
const MAX_REPEATED_PAGES = 2;

/** A page as it was read. `added` is the number of records that no earlier page had. */
interface ReadPage {
  readonly length: number;
  readonly added: number;
  readonly size: number;
  readonly listPath: string | undefined;
  readonly more: MorePages | undefined;
}

export async function fetchAll(
  tool: Tool,
  id: string,
  initialArguments: PageCall["arguments"],
  options: FetchAllOptions,
): Promise<FetchedList> {
  const records = new RecordSet();
  const requested = new Set<string>();
  const finish = (note?: string): FetchedList => ({ outcome: "ready", items: records.records, pages, note });
  let [size, pages, emptyPages, repeatedPages] = [0, 0, 0, 0];
  let total: number | undefined;
  let isGuess = false;
  const isStart = isFirstPage(tool, initialArguments);
  let call: PageCall = { arguments: initialArguments, fetched: isStart ? 0 : undefined };
  for (;;) {
    requested.add(requestKey(call.arguments, call.extraQuery));
    const { arguments: values, extraQuery } = call;
    const result = await options.call({
      id,
      name: tool.name,
      arguments: values,
      ...(extraQuery && { extraQuery }),
    });
    const page = readPage(tool, call, result, records, pages);
    if (!page) {
      if (pages === 0) return { outcome: "failed", result };
      // 416: the range begins after the end of the list (RFC 9110, 15.5.17).
      if ((isGuess && isClientError(result)) || result.httpStatus === 416)
        return finish(describeGap(undefined, total, call, records.records.length));
      return finish(`page ${pages + 1} failed: ${result.content.slice(0, 500)}`);
    }
    pages += 1;
    size += page.size;
    emptyPages = page.length === 0 ? emptyPages + 1 : 0;
    const { more } = page;
    total = page.more?.total ?? total;
    const items = records.records.length;
    options.progress(pages, items, more?.total);
    const isComplete = total !== undefined && call.fetched !== undefined && items >= total;
    repeatedPages = page.length > 0 && page.added === 0 ? repeatedPages + 1 : 0;
    // A response that names another page than the repeated one may lead on.
    if (repeatedPages >= MAX_REPEATED_PAGES || (repeatedPages > 0 && !(more?.next && more.isNamed)))
      return finish(isComplete || isGuess ? undefined : "the API repeats records of an earlier page");
    if (!more?.next || (page.length === 0 && (!more.isNamed || emptyPages >= MAX_EMPTY_PAGES)))
      return finish(describeGap(more, total, call, items + (page.length - page.added)));
    if (requested.has(requestKey(more.next, more.extraQuery)))
      return finish("the API names a page as the next one that was already fetched");
    const limit = describeReachedLimit({ pages, items, size }, options);
    if (limit !== undefined || options.signal.aborted)
      return finish(`${limit ?? "stopped"}; ${describeNext(tool, more)}`);
    isGuess = more.isGuess ?? false;
    call = {
      arguments: more.next,
      extraQuery: more.extraQuery,
      fetched: call.fetched === undefined ? undefined : call.fetched + page.length,
      wasNamed: call.wasNamed || more.isNamed,
      firstPage:
        call.firstPage ?? (isStart ? (readPageNumber(tool, initialArguments) ?? more.page) : undefined),
      listPath: page.listPath ?? call.listPath,
    };
  }
}

/** A filter that the response repeats may not be valid as a parameter, and says nothing of pages. */
function isClientError({ httpStatus = 0 }: ToolResult): boolean {
  return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429;
}

/** Reads a page and adds its records. Returns undefined when the call failed or holds no list. */
function readPage(
  tool: Tool,
  call: PageCall,
  result: ToolResult,
  records: RecordSet,
  pages: number,
): ReadPage | undefined {
  const content = splitContent(result.content);
  const value = result.status === "ok" ? readJson(content.body) : undefined;
  const found = findRecords(tool, value, call.listPath);
  // Some APIs leave an empty list out.
  const isEmpty = pages > 0 && !found && isObject(value) && !("error" in value) && !("errors" in value);
  if (!found && !isEmpty) return undefined;
  const list = found?.list ?? [];
  return {
    length: list.length,
    added: records.addPage(list, content.body),
    size: content.body.length,
    listPath: found?.path,
    more: findMorePages(tool, call, content, value),
  };
}

/** Says what is missing at the end of the pages. Undefined when nothing is. */
function describeGap(
  more: MorePages | undefined,
  total: number | undefined,
  call: PageCall,
  items: number,
): string | undefined {
  if (more && !more.next)
    return more.isNamed ? more.sign : `${more.sign}, but no argument of the tool leads to it`;
  if (more?.isNamed) return `${more.sign}, but its last ${MAX_EMPTY_PAGES} pages are empty`;
  return total !== undefined && call.fetched !== undefined && total > items
    ? `the API reports ${total} records in all, but sends no more`
    : undefined;
}

function describeNext(tool: Tool, { next, extraQuery }: MorePages): string {
  return extraQuery
    ? `the next page needs the query parameters ${Object.keys(extraQuery).join(", ")}, which are no arguments of the tool`
    : `the next page is ${tool.name} ${stringifyJson(next)}`;
}

function describeReachedLimit(
  { pages, items, size }: { readonly pages: number; readonly items: number; readonly size: number },
  { maxPages, maxItems, maxSize }: FetchAllOptions,
): string | undefined {
  if (pages >= maxPages) return `the limit of ${maxPages} pages was reached`;
  if (items >= maxItems) return `the limit of ${maxItems} records was reached`;
  if (size >= maxSize) return `the limit of ${maxSize} characters was reached`;
  return undefined;
}
