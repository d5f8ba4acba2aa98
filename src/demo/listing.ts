/** Sorting, search and paging of lists. */
import { z } from "zod";
import type { ShopResponse } from "./operation.ts";

/** The paging parameters of every list. */
export const pagingParameters = {
  page: z.int().min(1).default(1).describe("Page number, from 1"),
  limit: z.int().min(1).max(100).default(20).describe("Maximum number of entries per page"),
};

/** Creates the `sort` parameter for the given fields: `price` sorts ascending, `-price` descending. */
export function sortParameter<const Field extends string>(...fields: readonly [Field, ...Field[]]) {
  const [first, ...others] = fields;
  const values = [first, ...others].flatMap((field): (Field | `-${Field}`)[] => [field, `-${field}`]);
  return z.enum(values).describe("Field to sort by; a leading minus sorts in descending order").optional();
}

export function sortEntries<Entry extends object>(
  entries: readonly Entry[],
  sort: string | undefined,
): Entry[] {
  if (sort === undefined) return [...entries];
  const field = sort.replace(/^-/, "");
  const direction = sort.startsWith("-") ? -1 : 1;
  return entries.toSorted(
    (left, right) => direction * compare(readField(left, field), readField(right, field)),
  );
}

/** Returns whether the texts together contain every word of the search. Ignores case. */
export function matchesSearch(search: string | undefined, ...texts: readonly (string | null)[]): boolean {
  const text = texts.join("\n").toLowerCase();
  return (search ?? "")
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Returns one page as `{items, total, page, limit}`, with links to other pages: RFC 8288. */
export function paginate<Entry>(
  entries: readonly Entry[],
  query: { readonly page: number; readonly limit: number },
  url: URL,
): ShopResponse {
  const { page: pageNumber, limit } = query;
  const last = Math.max(1, Math.ceil(entries.length / limit));
  const link = (to: number, relation: string): string => {
    const search = new URLSearchParams(url.search);
    search.set("page", String(to));
    return `<${url.pathname}?${search}>; rel="${relation}"`;
  };
  const links = [
    ...(pageNumber > 1 ? [link(1, "first"), link(Math.min(pageNumber - 1, last), "prev")] : []),
    ...(pageNumber < last ? [link(pageNumber + 1, "next"), link(last, "last")] : []),
  ];
  return {
    status: 200,
    body: {
      items: entries.slice((pageNumber - 1) * limit, pageNumber * limit),
      total: entries.length,
      page: pageNumber,
      limit,
    },
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  };
}

function readField(entry: object, field: string): unknown {
  return Object.entries(entry).find(([name]) => name === field)?.[1];
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left ?? "").localeCompare(String(right ?? ""), "en");
}
