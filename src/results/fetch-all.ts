/** Fetches a list page by page: sequential calls of one operation, within limits, until aborted. */
import type { ToolCall, ToolResult } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import type { Tool } from "../tools/types.ts";
import { findList } from "./find-list.ts";
import { findMorePages } from "./next-page.ts";
import { readJson } from "./read-json.ts";
import { splitContent } from "./response-head.ts";

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

type Arguments = Readonly<Record<string, unknown>>;

export async function fetchAll(
  tool: Tool,
  id: string,
  initialArguments: Arguments,
  options: FetchAllOptions,
): Promise<FetchedList> {
  const items: unknown[] = [];
  const requested = new Set<string>();
  let [size, pages] = [0, 0];
  let next: Arguments | undefined = initialArguments;
  const finish = (note?: string): FetchedList => ({ outcome: "ready", items, pages, note });
  while (next) {
    const values: Arguments = next;
    requested.add(stringifyJson(values));
    const result = await options.call({ id, name: tool.name, arguments: values });
    const content = splitContent(result.content);
    const value = result.status === "ok" ? readJson(content.body) : undefined;
    const list = findList(value)?.list;
    if (!list) {
      if (pages === 0) return { outcome: "failed", result };
      return finish(`page ${pages + 1} failed: ${result.content.slice(0, 500)}`);
    }
    pages += 1;
    size += content.body.length;
    for (const entry of list) items.push(entry);
    const more = findMorePages(tool, values, content, value);
    options.progress(pages, items.length, more?.total);
    if (!more) return finish();
    if (!more.next) return finish("there is more, but no argument of the tool leads to it");
    if (requested.has(stringifyJson(more.next)))
      return finish("the next page that the API names was already fetched");
    const limit = describeReachedLimit({ pages, items: items.length, size }, options);
    if (limit !== undefined || options.signal.aborted)
      return finish(`${limit ?? "stopped"}; the next page is ${tool.name} ${stringifyJson(more.next)}`);
    next = list.length === 0 ? undefined : more.next;
  }
  return finish();
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
