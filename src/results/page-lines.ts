/** Tells the model about further pages. Pure. */
import { stringifyJson } from "../json.ts";
import { FULL_PAGE } from "./page-count.ts";
import type { MorePages } from "./types.ts";

/**
 * Returns the lines above a response.
 * @param tool its name.
 * @param fetchAll the name of the tool that fetches all pages.
 */
export function describeMorePages(more: MorePages, tool: string, fetchAll: string): readonly string[] {
  const total = more.total === undefined ? "" : ` of ${more.total} in all`;
  const isPossible = more.sign.startsWith(FULL_PAGE);
  if (isPossible && more.next)
    return [`More: ${more.sign}. Next: ${tool} ${stringifyJson(more.next)}. All: ${fetchAll}.`];
  // A page that happens to be full says nothing when no argument leads to a next one.
  if (isPossible) return [];
  if (!more.next)
    return [
      `More: this is only a part${total}; no argument of ${tool} leads to the rest. The sign: ${toOneLine(more.sign)}.`,
    ];
  if (more.extraQuery)
    return [
      `More: this is a page${total}. The next needs query parameters that are no arguments. All: ${fetchAll}.`,
    ];
  return [`More: this is a page${total}. Next: ${tool} ${stringifyJson(more.next)}. All: ${fetchAll}.`];
}

export function toOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
