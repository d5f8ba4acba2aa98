/** Fetches a list page by page: sequential calls of one operation, within limits, until aborted. */
import type { ToolCall, ToolResult } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import type { Tool } from "../tools/types.ts";
import { isFirstPage, readPageNumber } from "./page-count.ts";
import { requestKey } from "./page-links.ts";
import type { ReadPage } from "./read-pages.ts";
import { RecordSet } from "./record-set.ts";
import { type Content, splitContent } from "./response-head.ts";
import type { MorePages, PageCall } from "./types.ts";

export interface FetchAllOptions {
  readonly maxPages: number;
  readonly maxItems: number;
  /** The number of characters of all pages together. */
  readonly maxSize: number;
  /** Calls the API once. Never rejects. */
  readonly call: (call: ToolCall) => Promise<ToolResult>;
  /** Reads a page. `isLater` tells whether other pages came before it. Never rejects. */
  readonly readPage: (call: PageCall, content: Content, isLater: boolean) => Promise<ReadPage>;
  /** Yields to the event loop. */
  readonly yieldToEventLoop: () => Promise<void>;
  /** Called after each page. */
  readonly progress: (pages: number, items: number, total: number | undefined) => void;
  readonly signal: AbortSignal;
}

/** The outcome. `note` says what is missing and why, and is undefined when the list is complete. */
export type FetchedList =
  | {
      readonly outcome: "ready";
      /** The JSON text of each record. */
      readonly items: readonly string[];
      readonly pages: number;
      readonly note: string | undefined;
    }
  /** The first page failed or holds no list. */
  | { readonly outcome: "failed"; readonly result: ToolResult };

/** Some APIs send empty pages between others, and some an empty page with a new token without end. */
const MAX_EMPTY_PAGES = 3;
const MAX_REPEATED_PAGES = 2;

export async function fetchAll(
  tool: Tool,
  id: string,
  initialArguments: PageCall["arguments"],
  options: FetchAllOptions,
): Promise<FetchedList> {
  const records = new RecordSet(options.yieldToEventLoop);
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
    const content = splitContent(result.content);
    const { page, problem }: ReadPage =
      result.status === "ok" ? await options.readPage(call, content, pages > 0) : { page: undefined };
    if (!page) {
      if (pages === 0)
        return {
          outcome: "failed",
          result: problem === undefined ? result : { ...result, status: "failed", content: problem },
        };
      // 416: the range begins after the end of the list (RFC 9110, 15.5.17).
      if ((isGuess && isClientError(result)) || result.httpStatus === 416)
        return finish(describeGap(undefined, total, call, records.records.length));
      return finish(`page ${pages + 1} failed: ${problem ?? result.content.slice(0, 500)}`);
    }
    const {
      more,
      records: { length },
    } = page;
    const added = await records.addPage(page);
    pages += 1;
    size += content.body.length;
    emptyPages = length === 0 ? emptyPages + 1 : 0;
    total = page.more?.total ?? total;
    const items = records.records.length;
    options.progress(pages, items, more?.total);
    const isComplete = total !== undefined && call.fetched !== undefined && items >= total;
    repeatedPages = length > 0 && added === 0 ? repeatedPages + 1 : 0;
    // A response that names another page than the repeated one may lead on.
    if (repeatedPages >= MAX_REPEATED_PAGES || (repeatedPages > 0 && !(more?.next && more.isNamed)))
      return finish(isComplete || isGuess ? undefined : "the API repeats records of an earlier page");
    if (!more?.next || (length === 0 && (!more.isNamed || emptyPages >= MAX_EMPTY_PAGES)))
      return finish(describeGap(more, total, call, items + (length - added)));
    if (requested.has(requestKey(more.next, more.extraQuery)))
      return finish("the API names a page as the next one that was already fetched");
    const limit = describeReachedLimit({ pages, items, size }, options);
    if (limit !== undefined || options.signal.aborted)
      return finish(`${limit ?? "stopped"}; ${describeNext(tool, more)}`);
    isGuess = more.isGuess ?? false;
    call = {
      arguments: more.next,
      extraQuery: more.extraQuery,
      fetched: call.fetched === undefined ? undefined : call.fetched + length,
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
