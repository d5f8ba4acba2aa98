import { z } from "zod";
import type { ShopResponse } from "./operation.ts";

/** The parameters that every list shares. */
export const pagingParameters = {
  page: z.int().min(1).default(1).describe("Page to return, from 1"),
  limit: z.int().min(1).max(100).default(20).describe("Entries per page"),
};

/** `sort` over the given fields: `price` ascending, `-price` descending. */
export function sortParameter<const Field extends string>(...fields: readonly [Field, ...Field[]]) {
  const [first, ...others] = fields;
  const values = [first, ...others].flatMap((field): (Field | `-${Field}`)[] => [field, `-${field}`]);
  return z.enum(values).describe("Field to sort by; a leading minus sorts downwards").optional();
}

export function sortEntries<Entry extends object>(
  entries: readonly Entry[],
  sort: string | undefined,
): Entry[] {
  if (sort === undefined) return [...entries];
  const field = sort.replace(/^-/, "");
  const direction = sort.startsWith("-") ? -1 : 1;
  return entries.toSorted(
    (one, other) => direction * compare(readField(one, field), readField(other, field)),
  );
}

/** Does any of the texts hold every word of the search? Case does not matter. */
export function matchesSearch(search: string | undefined, ...texts: readonly (string | null)[]): boolean {
  const text = texts.join("\n").toLowerCase();
  return (search ?? "")
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** One page as `{items, total, page, limit}` with RFC 8288 links to its neighbours. */
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

function compare(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one ?? "").localeCompare(String(other ?? ""), "en");
}
