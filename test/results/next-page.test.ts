import { describe, expect, test } from "bun:test";
import { findMorePages } from "../../src/results/next-page.ts";
import { addLines } from "../../src/results/response-head.ts";
import type { Tool } from "../../src/tools/types.ts";

/** Creates a tool with these query parameters. Characters that are illegal in argument names become `_`. */
function toolWith(...parameters: readonly (string | { name: string; schema: object })[]): Tool {
  const named = parameters.map((one) => (typeof one === "string" ? { name: one, schema: {} } : one));
  const key = (name: string) => name.replace(/[^\w.-]/g, "_");
  return {
    name: "list",
    argumentTargets: Object.fromEntries(
      named.map(({ name }, index) => [key(name), { in: "parameter", index }]),
    ),
    inputSchema: {
      type: "object",
      properties: Object.fromEntries(named.map(({ name, schema }) => [key(name), schema])),
    },
    api: { name: "", baseUrl: "https://a", securitySchemes: {}, headers: {} },
    operation: { path: "/x", servers: [], parameters: named.map(({ name }) => ({ name, in: "query" })) },
    readOnly: true,
  } as unknown as Tool;
}

function more(tool: Tool, callArguments: object, value: unknown, ...headers: string[]) {
  return findMorePages(
    tool,
    { arguments: { ...callArguments } },
    addLines({ head: [], body: "" }, headers),
    value,
  );
}

const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
const paged = toolWith("page", "per_page", "q");
const cursored = toolWith("cursor", "limit");

describe("the next page is found by", () => {
  test("a Link header, whose undeclared parameters are kept apart from the arguments", () => {
    const link = 'Link: <https://a/x?page=3&tenant=1>; rel="next", <https://a/x?page=9>; rel="last"';
    expect(more(paged, { q: "a", page: 2 }, rows(2), link)).toMatchObject({
      next: { q: "a", page: "3" },
      extraQuery: { tenant: ["1"] },
    });
    expect(more(paged, { page: 9 }, rows(2), 'Link: <https://a/x?page=1>; rel="first"')).toBeUndefined();
  });

  test.each([
    ["another host", "https://elsewhere.example/x?page=3"],
    ["another port", "https://a:8443/x?page=3"],
    ["another path", "/y?page=3"],
    ["a deeper path", "/x/y?page=3"],
    ["another scheme", "javascript:fetch('/x?page=3')"],
    ["a host in the credentials", "https://a@elsewhere.example/x?page=3"],
    ["a protocol-relative reference", "//elsewhere.example/x?page=3"],
    ["an encoded slash", "/%2Fx?page=3"],
    ["dot segments", "/x/../y?page=3"],
  ])("no link to %s, and the list is a part", (_name, link) => {
    const found = more(paged, {}, { items: rows(2), next: link });
    expect(found).toMatchObject({ sign: expect.stringContaining("no call of list") });
    expect(found?.next).toBeUndefined();
  });

  test.each([
    ["next", { results: rows(2), next: "http://a/x?page=2&q=b" }],
    ["@odata.nextLink", { value: rows(2), "@odata.nextLink": "/x?page=2" }],
    [
      "_links.next.href",
      { items: rows(2), _links: { self: { href: "/x?page=1" }, next: { href: "/x?page=2" } } },
    ],
    ["links.next", { data: rows(2), links: { next: "/x?page=2", prev: "/x?page=0" } }],
    ["next_page_url", { data: rows(2), next_page_url: "/x?page=2" }],
  ])("a link in the body: %s", (_name, value) => {
    expect(more(paged, {}, value)?.next).toMatchObject({ page: "2" });
  });

  test.each([
    ["next_cursor", { items: rows(2), next_cursor: "abc" }],
    ["nextPageToken", { items: rows(2), nextPageToken: "abc" }],
    ["meta.next_cursor", { data: rows(2), meta: { next_cursor: "abc" } }],
    ["response_metadata.next_cursor", { members: rows(2), response_metadata: { next_cursor: "abc" } }],
    ["page_info.end_cursor", { items: rows(2), pageInfo: { endCursor: "abc", hasNextPage: true } }],
    ["paging.cursors", { data: rows(2), paging: { next: "abc" } }],
  ])("a cursor: %s", (_name, value) => {
    expect(more(cursored, { limit: 2 }, value)?.next).toEqual({ limit: 2, cursor: "abc" });
  });

  test.each([
    ["a total", {}, { items: rows(20), total: 45 }, { page: 2 }],
    ["a number of pages", { page: 2 }, { items: rows(20), total_pages: 3 }, { page: 3 }],
    ["more to come", { page: 4 }, { items: rows(20), has_more: true }, { page: 5 }],
    ["a full page", { page: 1, per_page: 20 }, rows(20), { page: 2, per_page: 20 }],
  ])("the page number and %s", (_name, callArguments, value, next) => {
    expect(more(paged, callArguments, value)?.next).toEqual(next);
  });

  test("a page number that counts from 0, according to the schema", () => {
    const tool = toolWith({ name: "page", schema: { default: 0 } }, "size");
    expect(more(tool, {}, { content: rows(10), totalPages: 2 })?.next).toEqual({ page: 1 });
    expect(more(tool, { page: 1 }, { content: rows(10), totalPages: 2 })).toBeUndefined();
  });

  test("an offset and the number of records, under the argument's adapted name", () => {
    const tool = toolWith("$skip", "$top");
    expect(more(tool, { _skip: 10, _top: 10 }, { value: rows(10), "@odata.count": 25 })).toMatchObject({
      next: { _skip: 20, _top: 10 },
      total: 25,
    });
    expect(more(tool, { _skip: 20 }, { value: rows(5), "@odata.count": 25 })).toBeUndefined();
  });

  test("the id of the last record, for a tool with `starting_after`", () => {
    const tool = toolWith("limit", "starting_after");
    expect(more(tool, { limit: 2 }, { data: [{ id: "a" }, { id: "b" }], has_more: true })?.next).toEqual({
      limit: 2,
      starting_after: "b",
    });
  });
});

describe("no further page is found for", () => {
  test.each([
    ["a single record", { id: 1, next: "something" }],
    ["a list without pagination fields", rows(3)],
    ["a last page", { items: rows(5), next_cursor: null }],
    ["a cursor that is empty", { items: rows(5), nextPageToken: "" }],
    ["has_more: false", { items: rows(20), has_more: false, next_cursor: "abc" }],
    ["a complete list with its total", { items: rows(5), total: 5 }],
    ["an empty page", { items: [], total: 50 }],
    ["no JSON", undefined],
  ])("%s", (_name, value) => {
    for (const tool of [paged, cursored]) expect(more(tool, {}, value)).toBeUndefined();
  });
});

test("an incomplete list is reported with its total when no argument leads to the rest", () => {
  expect(more(toolWith("q"), {}, { items: rows(5), total: 50 })).toMatchObject({ total: 50 });
});
