import { describe, expect, test } from "bun:test";
import { compilePathGlob, compileTextGlob } from "../../src/config/glob.ts";
import { createOperationFilter } from "../../src/tools/catalog/operation-filter.ts";

describe("globs of paths", () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["/a/*", ["/a/b", "/a/.b"], ["/a", "/a/", "/a/b/c"]],
    ["/a*", ["/a", "/ab"], ["/b", "/a/b"]],
    ["/a/**", ["/a", "/a/b", "/a/b/c"], ["/ab"]],
    ["/**/b", ["/b", "/a/b", "/a/a/b"], ["/a/c"]],
    ["/a/**/z/*", ["/a/z/1", "/a/b/c/z/1"], ["/a/z", "/a/b/z"]],
    ["/a?", ["/ab"], ["/a", "/a/", "/abc"]],
    ["/[ab]", ["/a", "/b", "/[ab]"], ["/c", "/ab"]],
    ["/[!a-c]x", ["/dx"], ["/ax", "/x"]],
    ["/Products({id})*", ["/Products({id})", "/Products({id})x"], ["/Products{id}", "/Products(1)"]],
    ["/Orders(Id='{id}')/*", ["/Orders(Id='{id}')/Items"], ["/OrdersId={id}/Items", "/Orders(Id=x)/Items"]],
    ["/a|b/*", ["/a|b/c"], ["/a/c", "/b/c"]],
    ['/"x"/*', ['/"x"/c'], ["/x/c"]],
    ["/a+(b)/*", ["/a+(b)/c"], ["/aab/c", "/ab/c"]],
    ["/{a,b}/*", ["/{a,b}/c"], ["/a/c"]],
    ["/!(a)/*", ["/!(a)/c"], ["/b/c"]],
    ["/a.b/*", ["/a.b/c"], ["/axb/c"]],
    ["/$metadata*", ["/$metadata"], ["/metadata"]],
    ["/a\\*", ["/a\\b"], ["/a*"]],
    ["/a[*", ["/a[b"], ["/ab"]],
  ];
  for (const [glob, matching, others] of rows)
    test(glob, () => {
      const matches = compilePathGlob(glob);
      expect([...matching, ...others].filter(matches)).toEqual([...matching]);
    });

  test("A star matches in less than quadratic memory and exponential time.", () => {
    const matches = compileTextGlob("*a*a*a*a*a*a*a*a*a*a*b");
    expect(matches("a".repeat(5000))).toBe(false);
  });
});

test("An exclusion with a glob and OData parentheses excludes that path only.", () => {
  const { findRejectionReason } = createOperationFilter({ excludedPaths: ["/Products({Id})/*"] });
  const rejects = (path: string) =>
    findRejectionReason({ method: "GET", path, tags: [], name: "x" }) !== undefined;
  expect(
    ["/Products({Id})", "/Products({Id})/Parts", "/Products{Id}/Parts", "/Products"].filter(rejects),
  ).toEqual(["/Products({Id})/Parts"]);
});

test("A glob of tags and names takes a slash as any character, and parentheses literally.", () => {
  const names = ["admin/users", "admin (old)", "user"];
  expect(names.filter(compileTextGlob("admin*"))).toEqual(["admin/users", "admin (old)"]);
  expect(names.filter(compileTextGlob("* (old)"))).toEqual(["admin (old)"]);
});
